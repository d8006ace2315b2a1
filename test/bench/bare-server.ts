/** The ceiling: the same route, the same signature check, ajv, the same answer; nothing is stored. */
import { createHmac, timingSafeEqual } from "node:crypto";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { answerParent } from "./child.ts";
import { ACCEPTS, SECRET } from "./project.ts";

let count = 0;

function parse(request: FastifyRequest, body: Buffer): unknown {
  const given = Buffer.from(String(request.headers["x-signature"]));
  const expected = Buffer.from(createHmac("sha256", SECRET).update(body).digest("hex"));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw Object.assign(new Error("the signature is wrong"), { statusCode: 401 });
  }
  return JSON.parse(body.toString());
}

async function receive(_request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  count += 1;
  const id = `m-${count}`;
  reply.code(202);
  return { id, duplicate: false, status: `/api/v1/messages/${id}` };
}

await answerParent(async ({ port }: { readonly port: number }) => {
  const app = fastify({ logger: false });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (request: FastifyRequest, body: Buffer) => parse(request, body),
  );
  const answer = {
    type: "object",
    properties: { id: { type: "string" }, duplicate: { type: "boolean" }, status: { type: "string" } },
  };
  app.post("/in/:system/:source", { schema: { body: ACCEPTS, response: { 202: answer } } }, receive);
  await app.listen({ port, host: "127.0.0.1" });
  return async () => count;
});
