/**
 * `tieline/connector`: the one door through which connectors see the hub.
 */
export { type Static, type TSchema, Type } from "@sinclair/typebox";
export { atIndex, type ErrorCode, HubError } from "../errors.ts";
export { jsonItems } from "../format/json-items.ts";
export type { Exchange, Said, SaidBody } from "../message/exchange.ts";
export { isObject, type Json, type JsonObject } from "../message/json.ts";
export type * from "./contract.ts";
export { defineConnector, secret } from "./define.ts";
export { type DropFolderOptions, dropFolder } from "./drop-folder.ts";
export { checkDropFolders, DropFolderSettings, dropFolders } from "./drop-folder-settings.ts";
export { writeDurably } from "./durable-file.ts";
export { SOURCE_CODES, type SystemFault, TARGET_CODES } from "./fault-codes.ts";
export { type FileSink, fileSinks } from "./file-sink.ts";
export { FileSinkSettings } from "./file-sink-settings.ts";
export { type HttpOptions, HttpSettings } from "./http-settings.ts";
export { type HttpSink, httpSink } from "./http-sink.ts";
export { named } from "./named.ts";
export { type OAuthTokens, oauthTokens } from "./oauth.ts";
export { type OAuthOptions, OAuthSettings } from "./oauth-settings.ts";
export { eventId, keepHeaders, mediaType, requireMediaType, requirePost, requireSize } from "./push.ts";
export { type RemoteFolders, remoteFolders } from "./remote/folders.ts";
export { type RemoteServer, remoteServer } from "./remote/server.ts";
export { RemoteFolderSettings, RemoteSettings } from "./remote/settings.ts";
export { sameSecret } from "./signature.ts";
export type * from "./telephone.ts";
export { DESK_SOURCES } from "./telephone.ts";
export { type Together, together } from "./together.ts";
export { webhook } from "./webhook.ts";
export { type WebhookOptions, WebhookSettings } from "./webhook-settings.ts";
