import { describe, expect, it } from "vitest";
import { formatIssues } from "../../src/config/format-issues.ts";
import { inspect, places, SETTINGS } from "./project.ts";

const SOUND = `  issuer: https://login.example/realms/acme
  clientId: tieline
  clientSecret: \${env:OIDC_SECRET}
  roles: { map: { hub-admins: admin, staff: viewer } }
`;

function read(oidc: string, others = "") {
  const text = SETTINGS.replace("systems:", () => `${others}oidc:\n${oidc}systems:`);
  const { project, findings } = inspect({ "tieline.yaml": text }, { OIDC_SECRET: "a-secret-of-ours" });
  const shown = formatIssues(findings) + JSON.stringify(findings);
  expect(shown).not.toContain("a-secret-of-ours");
  return { settings: project?.settings, told: places(findings), cures: findings.map(({ cure }) => cure) };
}

describe("oidc in tieline.yaml", () => {
  it("has the usual scopes and claims unless it says others, and the secret of its reference", () => {
    const { settings, told } = read(SOUND);
    expect(told).toEqual([]);
    expect(settings?.publicUrl).toBeNull();
    expect(settings?.oidc).toEqual({
      ...{ issuer: "https://login.example/realms/acme", clientId: "tieline" },
      ...{ clientSecret: "a-secret-of-ours", scopes: ["openid", "profile", "email"] },
      ...{ nameClaim: "preferred_username", label: "Sign in with your organization" },
      roles: {
        claim: "groups",
        map: new Map([
          ["hub-admins", "admin"],
          ["staff", "viewer"],
        ]),
        otherwise: null,
      },
    });
    expect(read("").settings?.oidc ?? null).toBeNull();
  });

  it("asks for openid in any case, and knows where browsers reach the hub", () => {
    const { settings, told } = read(
      `${SOUND}  scopes: [groups]\n  name: email\n  label: ACME\n`,
      "publicUrl: https://hub.example/\nlisten: 0.0.0.0:8400\n",
    );
    expect(told).toEqual([]);
    expect(settings?.oidc).toMatchObject({ scopes: ["openid", "groups"], nameClaim: "email", label: "ACME" });
    expect(settings?.publicUrl).toBe("https://hub.example");
  });

  it.each([
    [
      SOUND.replace("https:", "http:"),
      "",
      "3:11 oidc.issuer: expected an address of https; http on this machine alone",
    ],
    [
      SOUND.replace("https://", "https://u:p@"),
      "",
      "3:11 oidc.issuer: expected an address of https; http on this",
    ],
    [
      SOUND.replace(`\${env:OIDC_SECRET}`, "hunter2"),
      "",
      "5:17 oidc.clientSecret is a secret and must not stand",
    ],
    [
      SOUND.replace("OIDC_SECRET", "NOT_SET"),
      "",
      "5:17 oidc.clientSecret: the environment variable NOT_SET is not",
    ],
    [SOUND.replace("hub-admins: admin", "hub-admins: admn"), "", "6:31 oidc.roles.map.hub-admins: expected "],
    [
      SOUND.replace("{ map: { hub-admins: admin, staff: viewer } }", "{ claim: x }"),
      "",
      "6:3 oidc.roles: nobody",
    ],
    [SOUND.replace("clientId", "cliendId"), "", "4:3 oidc.cliendId is not a known key"],
    [SOUND, "auth: none\n", "3:1 oidc: with `auth: none` nobody signs in"],
    [SOUND, "listen: 0.0.0.0:8400\n", "3:1 oidc: needs `publicUrl`"],
    [
      SOUND,
      "publicUrl: https://hub.example/tieline\n",
      "2:12 publicUrl: expected an address of https or http without",
    ],
  ])("is judged where it stands: %#", (oidc, others, message) => {
    const { told, cures } = read(oidc, others);
    expect(told[0]).toContain(`tieline.yaml:${message}`);
    expect(told[0]).not.toContain("hunter2");
    expect(cures[0]).not.toBeNull();
    expect(told).toHaveLength(1);
  });
});
