// Made from the API's description by `npm run dashboard:types`; a test tells when it is no longer current.

export interface Operations {
  "GET /alert-rules": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly name: string;
        readonly when: string;
        readonly flow: string | null;
        readonly system: string | null;
        readonly above: number;
        readonly for: number;
        readonly clear: number;
      })[];
      readonly tell: readonly (string)[];
      readonly heartbeat: boolean;
    };
  };
  "GET /alerts": {
    query: {
      readonly limit?: number;
      readonly cursor?: number;
      readonly state?: "firing";
    };
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly id: number;
        readonly rule: string;
        readonly subject: string;
        readonly detail: string;
        readonly state: "firing" | "resolved";
        readonly since: string;
        readonly firedAt: string;
        readonly resolvedAt: string | null;
        readonly acknowledgedBy: string | null;
        readonly acknowledgedAt: string | null;
        readonly mutedUntil: string | null;
        readonly told: "nothing" | "firing" | "resolved";
      })[];
      readonly next: number | null;
    };
  };
  "POST /alerts/test": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly reason?: string;
    };
    answer: {
      readonly items: readonly ({
        readonly to: string;
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        } | null;
      })[];
    };
  };
  "POST /alerts/{id}/acknowledge": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly reason?: string;
    };
    answer: {
      readonly ok: boolean;
    };
  };
  "POST /alerts/{id}/mute": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly for?: string;
      readonly reason?: string;
    };
    answer: {
      readonly ok: boolean;
    };
  };
  "GET /audit": {
    query: {
      readonly limit?: number;
      readonly cursor?: number;
    };
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly id: number;
        readonly at: string;
        readonly actor: string;
        readonly act: string;
        readonly target: string;
        readonly detail: string | null;
        readonly reason: string | null;
        readonly hash: string | null;
      })[];
      readonly next: number | null;
    };
  };
  "GET /audit/verify": {
    query: {
      readonly head?: string;
    };
    body: undefined;
    answer: {
      readonly entries: number;
      readonly unsealed: number;
      readonly head: string | null;
      readonly brokenAt: number | null;
      readonly knows: boolean | null;
    };
  };
  "POST /backup": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly folder: string;
      readonly reason?: string;
    };
    answer: {
      readonly bytes: number;
    };
  };
  "GET /customers": {
    query: {
      readonly limit?: number;
      readonly cursor?: string;
      readonly q?: string;
      readonly phone?: string;
      readonly country?: string;
      readonly email?: string;
      readonly system?: string;
      readonly id?: string;
    };
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly id: string;
        readonly name: string | null;
        readonly status: string | null;
        readonly updatedAt: string;
      })[];
      readonly next: string | null;
    };
  };
  "GET /customers/{id}": {
    query: {
      readonly reveal?: boolean;
    };
    body: undefined;
    answer: {
      readonly id: string;
      readonly name: string | null;
      readonly status: string | null;
      readonly alive: boolean;
      readonly revision: number;
      readonly createdAt: string;
      readonly updatedAt: string;
      readonly golden: Readonly<Record<string, unknown>>;
      readonly provenance: Readonly<Record<string, unknown>>;
      readonly externalIds: readonly ({
        readonly system: string;
        readonly id: string;
        readonly version: unknown;
        readonly deleted: boolean;
        readonly origin: {
          readonly message: string | null;
          readonly file: number | null;
          readonly row: number | null;
          readonly flowVersion: number;
          readonly at: string;
        };
      })[];
      readonly possibleMatches: readonly ({
        readonly id: string;
        readonly name: string | null;
        readonly by: readonly ({
          readonly kind: string;
          readonly value: string;
        })[];
      })[];
      readonly history: {
        readonly items: readonly ({
          readonly entity: string;
          readonly system: string;
          readonly id: string;
          readonly at: string;
          readonly possible: boolean;
          readonly values: Readonly<Record<string, unknown>>;
          readonly origin: {
            readonly message: string | null;
            readonly file: number | null;
            readonly row: number | null;
            readonly flowVersion: number;
            readonly at: string;
          };
        })[];
        readonly next: string | null;
      };
    };
  };
  "GET /customers/{id}/history": {
    query: {
      readonly limit?: number;
      readonly cursor?: string;
    };
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly entity: string;
        readonly system: string;
        readonly id: string;
        readonly at: string;
        readonly possible: boolean;
        readonly values: Readonly<Record<string, unknown>>;
        readonly origin: {
          readonly message: string | null;
          readonly file: number | null;
          readonly row: number | null;
          readonly flowVersion: number;
          readonly at: string;
        };
      })[];
      readonly next: string | null;
    };
  };
  "POST /deploy": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly flows: readonly ({
        readonly name: string;
        readonly texts: Readonly<Record<string, string>>;
      })[];
      readonly remove?: readonly (string)[];
      readonly reason?: string;
    };
    answer: {
      readonly mode: "on-save" | "manual";
      readonly flows: readonly ({
        readonly name: string;
        readonly change: "new" | "changed" | "removed" | "same";
        readonly before: string | null;
        readonly after: string | null;
        readonly underWay: {
          readonly messages: number;
          readonly files: number;
        };
        readonly waits: string | null;
        readonly problems: readonly ({
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly message: string;
        })[];
        readonly routes: {
          readonly added: readonly (string)[];
          readonly removed: readonly (string)[];
        };
        readonly slots: {
          readonly before: readonly (string)[];
          readonly after: readonly (string)[];
        } | null;
      })[];
    };
  };
  "POST /deploy/plan": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly flows: readonly ({
        readonly name: string;
        readonly texts: Readonly<Record<string, string>>;
      })[];
      readonly remove?: readonly (string)[];
    };
    answer: {
      readonly mode: "on-save" | "manual";
      readonly flows: readonly ({
        readonly name: string;
        readonly change: "new" | "changed" | "removed" | "same";
        readonly before: string | null;
        readonly after: string | null;
        readonly underWay: {
          readonly messages: number;
          readonly files: number;
        };
        readonly waits: string | null;
        readonly problems: readonly ({
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly message: string;
        })[];
        readonly routes: {
          readonly added: readonly (string)[];
          readonly removed: readonly (string)[];
        };
        readonly slots: {
          readonly before: readonly (string)[];
          readonly after: readonly (string)[];
        } | null;
      })[];
    };
  };
  "GET /desk": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly systems: readonly ({
        readonly name: string;
        readonly connected: boolean;
        readonly notes: boolean;
        readonly dials: boolean;
        readonly agents: readonly ({
          readonly id: string;
          readonly name: string;
          readonly skills: readonly (string)[];
          readonly calls: number;
        })[];
      })[];
    };
  };
  "GET /desk/calls": {
    query: {
      readonly system?: string;
      readonly agent: string;
    };
    body: undefined;
    answer: Blob;
  };
  "POST /desk/dials": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly system?: string;
      readonly agent: string;
      readonly id: string;
      readonly number: string;
    };
    answer: {
      readonly message: string;
      readonly state: string;
      readonly status: string;
      readonly answer: string | null;
    };
  };
  "POST /desk/notes": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly system?: string;
      readonly agent: string;
      readonly id: string;
      readonly call: string;
      readonly customer?: string;
      readonly text: string;
    };
    answer: {
      readonly message: string;
      readonly state: string;
      readonly status: string;
      readonly answer: string | null;
    };
  };
  "GET /doctor": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly at: string;
      readonly ok: boolean;
      readonly items: readonly ({
        readonly level: "ok" | "warn" | "bad";
        readonly what: string;
        readonly found: string;
        readonly cure: string | null;
      })[];
    };
  };
  "GET /error-groups": {
    query: {
      readonly state?: "parked" | "rejected";
      readonly flow?: string;
      readonly muted?: boolean;
    };
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly fingerprint: string;
        readonly flow: string;
        readonly to: string | null;
        readonly state: "parked" | "rejected";
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        };
        readonly count: number;
        readonly more: boolean;
        readonly keys: number;
        readonly oldest: string;
        readonly newest: string;
        readonly inForceSince: string | null;
        readonly muted: {
          readonly until: string | null;
          readonly by: string;
          readonly at: string;
        } | null;
        readonly sample: string;
        readonly perHour: readonly (number)[];
      })[];
      readonly looked: number;
      readonly complete: boolean;
    };
  };
  "POST /error-groups/{fingerprint}/mute": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly flow: string;
      readonly reason?: string;
      readonly for?: string;
      readonly until?: number | string;
      readonly untilChanged?: boolean;
    };
    answer: {
      readonly ok: boolean;
    };
  };
  "POST /error-groups/{fingerprint}/unmute": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly flow: string;
      readonly reason?: string;
    };
    answer: {
      readonly ok: boolean;
    };
  };
  "GET /errors": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly code: string;
        readonly type: string;
        readonly fault: string;
        readonly status: number;
        readonly title: string;
        readonly cure: string;
      })[];
    };
  };
  "GET /errors/{code}": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly code: string;
      readonly type: string;
      readonly fault: string;
      readonly status: number;
      readonly title: string;
      readonly cure: string;
    };
  };
  "GET /files": {
    query: {
      readonly limit?: number;
      readonly cursor?: number;
      readonly flow?: string;
      readonly state?: "running" | "done" | "stopped" | "rejected" | "duplicate";
      readonly since?: number | string;
    };
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly id: number;
        readonly flow: string;
        readonly name: string;
        readonly size: number;
        readonly sha256: string;
        readonly state: "running" | "done" | "stopped" | "rejected" | "duplicate";
        readonly rows: number;
        readonly offset: number;
        readonly textSize: number;
        readonly progress: number;
        readonly books: Readonly<Record<string, Readonly<Record<string, number>>>>;
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        } | null;
        readonly duplicateOf: number | null;
        readonly startedAt: string;
        readonly finishedAt: string | null;
        readonly settled: boolean;
      })[];
      readonly next: number | null;
    };
  };
  "GET /files/{id}": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly id: number;
      readonly flow: string;
      readonly name: string;
      readonly size: number;
      readonly sha256: string;
      readonly state: "running" | "done" | "stopped" | "rejected" | "duplicate";
      readonly rows: number;
      readonly offset: number;
      readonly textSize: number;
      readonly progress: number;
      readonly books: Readonly<Record<string, Readonly<Record<string, number>>>>;
      readonly failure: {
        readonly code: string;
        readonly message: string;
        readonly title: string;
        readonly cure: string;
        readonly place?: {
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
          readonly record?: number;
          readonly field?: string;
        };
        readonly issues?: readonly ({
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly message: string;
        })[];
      } | null;
      readonly duplicateOf: number | null;
      readonly startedAt: string;
      readonly finishedAt: string | null;
      readonly settled: boolean;
    };
  };
  "GET /files/{id}/rejected-rows": {
    query: {
      readonly limit?: number;
      readonly cursor?: number;
    };
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly message: string;
        readonly key: string | null;
        readonly row: number;
        readonly line: number;
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        };
      })[];
      readonly next: number | null;
    };
  };
  "GET /files/{id}/rejects": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: Blob;
  };
  "POST /files/{id}/resume": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly reason?: string;
    };
    answer: {
      readonly id: number;
      readonly flow: string;
      readonly name: string;
      readonly size: number;
      readonly sha256: string;
      readonly state: "running" | "done" | "stopped" | "rejected" | "duplicate";
      readonly rows: number;
      readonly offset: number;
      readonly textSize: number;
      readonly progress: number;
      readonly books: Readonly<Record<string, Readonly<Record<string, number>>>>;
      readonly failure: {
        readonly code: string;
        readonly message: string;
        readonly title: string;
        readonly cure: string;
        readonly place?: {
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
          readonly record?: number;
          readonly field?: string;
        };
        readonly issues?: readonly ({
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly message: string;
        })[];
      } | null;
      readonly duplicateOf: number | null;
      readonly startedAt: string;
      readonly finishedAt: string | null;
      readonly settled: boolean;
    };
  };
  "GET /flows": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly id: number;
        readonly name: string;
        readonly description: string;
        readonly version: number | null;
        readonly hash: string | null;
        readonly accepting: boolean;
        readonly running: boolean;
        readonly open: number;
        readonly queued: number;
        readonly problem: string | null;
        readonly problems: readonly ({
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly message: string;
        })[];
        readonly routes: readonly ({
          readonly to: string;
          readonly stopped: string | null;
          readonly waitingUntil: string | null;
          readonly open: number;
          readonly queued: number;
        })[];
        readonly nextSlot: string | null;
        readonly source: {
          readonly name: string;
          readonly kind: "pull" | "listen";
          readonly state: "idle" | "reading" | "connecting" | "connected" | "waiting" | "paused";
          readonly cursor: string | null;
          readonly movedAt: string | null;
          readonly failure: {
            readonly code: string;
            readonly message: string;
            readonly title: string;
            readonly cure: string;
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly issues?: readonly ({
              readonly place?: {
                readonly file?: string;
                readonly line?: number;
                readonly column?: number;
                readonly record?: number;
                readonly field?: string;
              };
              readonly message: string;
            })[];
          } | null;
          readonly nextAt: string | null;
          readonly collected: number;
        } | null;
      })[];
    };
  };
  "GET /flows/{name}": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly id: number;
      readonly name: string;
      readonly description: string;
      readonly version: number | null;
      readonly hash: string | null;
      readonly accepting: boolean;
      readonly running: boolean;
      readonly open: number;
      readonly queued: number;
      readonly problem: string | null;
      readonly problems: readonly ({
        readonly place?: {
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
          readonly record?: number;
          readonly field?: string;
        };
        readonly message: string;
      })[];
      readonly routes: readonly ({
        readonly to: string;
        readonly stopped: string | null;
        readonly waitingUntil: string | null;
        readonly open: number;
        readonly queued: number;
      })[];
      readonly nextSlot: string | null;
      readonly source: {
        readonly name: string;
        readonly kind: "pull" | "listen";
        readonly state: "idle" | "reading" | "connecting" | "connected" | "waiting" | "paused";
        readonly cursor: string | null;
        readonly movedAt: string | null;
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        } | null;
        readonly nextAt: string | null;
        readonly collected: number;
      } | null;
      readonly definition: Readonly<Record<string, unknown>> | null;
      readonly files: readonly (string)[];
    };
  };
  "GET /flows/{name}/books": {
    query: {
      readonly day?: string;
    };
    body: undefined;
    answer: {
      readonly flow: string;
      readonly day: string;
      readonly zone: string;
      readonly files: boolean;
      readonly from: string;
      readonly to: string;
      readonly accepted: number;
      readonly duplicate: number;
      readonly refused: number;
      readonly routes: readonly ({
        readonly to: string;
        readonly opening: number;
        readonly in: number;
        readonly outcomes: Readonly<Record<string, number>>;
        readonly closing: number;
      })[];
    };
  };
  "POST /flows/{name}/cursor": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly cursor: unknown;
      readonly reason?: string;
    };
    answer: {
      readonly id: number;
      readonly name: string;
      readonly description: string;
      readonly version: number | null;
      readonly hash: string | null;
      readonly accepting: boolean;
      readonly running: boolean;
      readonly open: number;
      readonly queued: number;
      readonly problem: string | null;
      readonly problems: readonly ({
        readonly place?: {
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
          readonly record?: number;
          readonly field?: string;
        };
        readonly message: string;
      })[];
      readonly routes: readonly ({
        readonly to: string;
        readonly stopped: string | null;
        readonly waitingUntil: string | null;
        readonly open: number;
        readonly queued: number;
      })[];
      readonly nextSlot: string | null;
      readonly source: {
        readonly name: string;
        readonly kind: "pull" | "listen";
        readonly state: "idle" | "reading" | "connecting" | "connected" | "waiting" | "paused";
        readonly cursor: string | null;
        readonly movedAt: string | null;
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        } | null;
        readonly nextAt: string | null;
        readonly collected: number;
      } | null;
    };
  };
  "GET /flows/{name}/mapping": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly path: string;
      readonly text: string;
      readonly hash: string;
      readonly accepts: string | null;
      readonly emits: string | null;
      readonly source: readonly (string)[];
      readonly target: readonly (string)[];
      readonly functions: readonly (string)[];
      readonly cases: readonly ({
        readonly name: string;
        readonly text: string | null;
      })[];
    };
  };
  "POST /flows/{name}/mapping/cases": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly text: string;
    };
    answer: {
      readonly items: readonly ({
        readonly name: string;
        readonly file: string;
        readonly passed: boolean;
        readonly problem: string | null;
        readonly differences: readonly (string)[];
        readonly milliseconds: number;
      })[];
    };
  };
  "POST /flows/{name}/mapping/compare": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly text: string;
    };
    answer: {
      readonly looked: number;
      readonly same: number;
      readonly changed: number;
      readonly failing: number;
      readonly mended: number;
      readonly unreadable: number;
      readonly complete: boolean;
      readonly items: readonly ({
        readonly id: string;
        readonly key: string | null;
        readonly acceptedAt: string;
        readonly kind: "changed" | "fails" | "works";
        readonly differences: readonly ({
          readonly pointer: string;
          readonly before: string | null;
          readonly after: string | null;
        })[];
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        } | null;
      })[];
    };
  };
  "POST /flows/{name}/mapping/evaluate": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly text: string;
      readonly sample: string;
      readonly case?: string;
    };
    answer: {
      readonly result: unknown;
      readonly problems: readonly ({
        readonly in: "mapping" | "sample";
        readonly severity: "error" | "warning";
        readonly code: string | null;
        readonly message: string;
        readonly cure: string | null;
        readonly line: number | null;
        readonly column: number | null;
        readonly field: string | null;
      })[];
      readonly coverage: {
        readonly source: readonly ({
          readonly path: string;
          readonly used: boolean;
          readonly seen: boolean;
        })[];
        readonly target: readonly ({
          readonly path: string;
          readonly used: boolean;
          readonly seen: boolean;
        })[];
        readonly share: number;
      } | null;
      readonly milliseconds: number;
    };
  };
  "POST /flows/{name}/mapping/publish": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly text: string;
      readonly before: string;
      readonly reason: string;
    };
    answer: {
      readonly path: string;
      readonly text: string;
      readonly hash: string;
      readonly accepts: string | null;
      readonly emits: string | null;
      readonly source: readonly (string)[];
      readonly target: readonly (string)[];
      readonly functions: readonly (string)[];
      readonly cases: readonly ({
        readonly name: string;
        readonly text: string | null;
      })[];
    };
  };
  "GET /flows/{name}/mapping/samples": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly id: string;
        readonly key: string | null;
        readonly acceptedAt: string;
        readonly text: string;
      })[];
    };
  };
  "POST /flows/{name}/pause": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly what?: "accept" | "deliver" | "both";
      readonly reason?: string;
    };
    answer: {
      readonly id: number;
      readonly name: string;
      readonly description: string;
      readonly version: number | null;
      readonly hash: string | null;
      readonly accepting: boolean;
      readonly running: boolean;
      readonly open: number;
      readonly queued: number;
      readonly problem: string | null;
      readonly problems: readonly ({
        readonly place?: {
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
          readonly record?: number;
          readonly field?: string;
        };
        readonly message: string;
      })[];
      readonly routes: readonly ({
        readonly to: string;
        readonly stopped: string | null;
        readonly waitingUntil: string | null;
        readonly open: number;
        readonly queued: number;
      })[];
      readonly nextSlot: string | null;
      readonly source: {
        readonly name: string;
        readonly kind: "pull" | "listen";
        readonly state: "idle" | "reading" | "connecting" | "connected" | "waiting" | "paused";
        readonly cursor: string | null;
        readonly movedAt: string | null;
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        } | null;
        readonly nextAt: string | null;
        readonly collected: number;
      } | null;
    };
  };
  "POST /flows/{name}/resume": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly what?: "accept" | "deliver" | "both";
      readonly reason?: string;
      readonly route?: string;
    };
    answer: {
      readonly id: number;
      readonly name: string;
      readonly description: string;
      readonly version: number | null;
      readonly hash: string | null;
      readonly accepting: boolean;
      readonly running: boolean;
      readonly open: number;
      readonly queued: number;
      readonly problem: string | null;
      readonly problems: readonly ({
        readonly place?: {
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
          readonly record?: number;
          readonly field?: string;
        };
        readonly message: string;
      })[];
      readonly routes: readonly ({
        readonly to: string;
        readonly stopped: string | null;
        readonly waitingUntil: string | null;
        readonly open: number;
        readonly queued: number;
      })[];
      readonly nextSlot: string | null;
      readonly source: {
        readonly name: string;
        readonly kind: "pull" | "listen";
        readonly state: "idle" | "reading" | "connecting" | "connected" | "waiting" | "paused";
        readonly cursor: string | null;
        readonly movedAt: string | null;
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        } | null;
        readonly nextAt: string | null;
        readonly collected: number;
      } | null;
    };
  };
  "POST /flows/{name}/routes/{to}/resume": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly reason?: string;
    };
    answer: {
      readonly id: number;
      readonly name: string;
      readonly description: string;
      readonly version: number | null;
      readonly hash: string | null;
      readonly accepting: boolean;
      readonly running: boolean;
      readonly open: number;
      readonly queued: number;
      readonly problem: string | null;
      readonly problems: readonly ({
        readonly place?: {
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
          readonly record?: number;
          readonly field?: string;
        };
        readonly message: string;
      })[];
      readonly routes: readonly ({
        readonly to: string;
        readonly stopped: string | null;
        readonly waitingUntil: string | null;
        readonly open: number;
        readonly queued: number;
      })[];
      readonly nextSlot: string | null;
      readonly source: {
        readonly name: string;
        readonly kind: "pull" | "listen";
        readonly state: "idle" | "reading" | "connecting" | "connected" | "waiting" | "paused";
        readonly cursor: string | null;
        readonly movedAt: string | null;
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        } | null;
        readonly nextAt: string | null;
        readonly collected: number;
      } | null;
    };
  };
  "POST /flows/{name}/run": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly reason?: string;
    };
    answer: {
      readonly files: number;
      readonly records: number;
      readonly asked: boolean;
    };
  };
  "GET /flows/{name}/slots": {
    query: {
      readonly limit?: number;
      readonly cursor?: number;
    };
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly at: string;
        readonly state: string;
        readonly startedAt: string;
        readonly finishedAt: string | null;
        readonly detail: string | null;
      })[];
      readonly next: number | null;
    };
  };
  "GET /flows/{name}/versions": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly hash: string;
        readonly deployedAt: string;
        readonly inForce: boolean;
      })[];
    };
  };
  "GET /flows/{name}/versions/{hash}": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly texts: Readonly<Record<string, string>>;
    };
  };
  "GET /graph": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly since: string;
      readonly flows: readonly ({
        readonly name: string;
        readonly reads: string | null;
        readonly map: string | null;
        readonly hash: string | null;
        readonly accepting: boolean;
        readonly running: boolean;
        readonly problem: string | null;
        readonly files: boolean;
        readonly queued: number;
        readonly parked: number;
        readonly accepted: number;
        readonly routes: readonly ({
          readonly to: string;
          readonly publishes: string | null;
          readonly stopped: string | null;
          readonly waitingUntil: string | null;
          readonly queued: number;
          readonly parked: number;
          readonly applied: number;
        })[];
      })[];
      readonly systems: readonly ({
        readonly name: string;
        readonly breaker: "closed" | "open" | "half-open" | null;
      })[];
    };
  };
  "GET /keys": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly id: string;
        readonly name: string;
        readonly role: "viewer" | "operator" | "engineer" | "admin" | "agent";
        readonly payloads: boolean;
        readonly createdAt: string;
        readonly usedAt: string | null;
        readonly revokedAt: string | null;
      })[];
    };
  };
  "POST /keys": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly name: string;
      readonly role: "viewer" | "operator" | "engineer" | "admin" | "agent";
      readonly payloads?: boolean;
      readonly reason?: string;
    };
    answer: {
      readonly id: string;
      readonly name: string;
      readonly role: "viewer" | "operator" | "engineer" | "admin" | "agent";
      readonly payloads: boolean;
      readonly createdAt: string;
      readonly usedAt: string | null;
      readonly revokedAt: string | null;
      readonly key: string;
    };
  };
  "POST /keys/{id}/revoke": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly reason?: string;
    };
    answer: {
      readonly id: string;
      readonly name: string;
      readonly role: "viewer" | "operator" | "engineer" | "admin" | "agent";
      readonly payloads: boolean;
      readonly createdAt: string;
      readonly usedAt: string | null;
      readonly revokedAt: string | null;
    };
  };
  "GET /messages": {
    query: {
      readonly limit?: number;
      readonly cursor?: number;
      readonly flow?: string;
      readonly to?: string;
      readonly state?: "queued" | "waiting" | "held" | "sending" | "parked" | "done" | "open" | "rejected";
      readonly outcome?: "applied" | "unchanged" | "stale" | "superseded" | "duplicate" | "filtered" | "rejected" | "parked" | "discarded" | "without-effect";
      readonly key?: string;
      readonly code?: string;
      readonly file?: number;
      readonly since?: number | string;
      readonly until?: number | string;
      readonly endedSince?: number | string;
      readonly fingerprint?: string;
    };
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly id: string;
        readonly flow: string;
        readonly key: string | null;
        readonly state: "queued" | "waiting" | "held" | "sending" | "parked" | "done";
        readonly acceptedAt: string;
        readonly finishedAt: string | null;
        readonly attempts: number;
        readonly replay: number;
        readonly file: number | null;
        readonly row: number | null;
        readonly outcomes: Readonly<Record<string, string>>;
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        } | null;
      })[];
      readonly next: number | null;
    };
  };
  "GET /messages/{id}": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly id: string;
      readonly flow: string;
      readonly key: string | null;
      readonly state: "queued" | "waiting" | "held" | "sending" | "parked" | "done";
      readonly acceptedAt: string;
      readonly finishedAt: string | null;
      readonly attempts: number;
      readonly replay: number;
      readonly file: number | null;
      readonly row: number | null;
      readonly outcomes: Readonly<Record<string, string>>;
      readonly failure: {
        readonly code: string;
        readonly message: string;
        readonly title: string;
        readonly cure: string;
        readonly place?: {
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
          readonly record?: number;
          readonly field?: string;
        };
        readonly issues?: readonly ({
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly message: string;
        })[];
      } | null;
      readonly ownState: "queued" | "waiting" | "held" | "sending" | "parked" | "done";
      readonly system: string;
      readonly event: string | null;
      readonly contentType: string | null;
      readonly headers: Readonly<Record<string, string>> | null;
      readonly size: number;
      readonly raw: string;
      readonly place: {
        readonly file: number;
        readonly name: string | null;
        readonly row: number;
        readonly line: number;
      } | null;
      readonly cause: string | null;
      readonly edited: boolean;
      readonly nextAt: string | null;
      readonly traceparent: string | null;
      readonly version: {
        readonly id: number;
        readonly hash: string;
        readonly deployedAt: string;
      } | null;
      readonly plan: {
        readonly routes: readonly (string)[];
        readonly allowStale: boolean;
      } | null;
      readonly waitsBehind: number;
      readonly blocks: number;
      readonly blockedBy: string | null;
      readonly deliveries: readonly ({
        readonly id: string;
        readonly sequence: number;
        readonly to: string;
        readonly state: "queued" | "waiting" | "held" | "sending" | "parked" | "done";
        readonly outcome: string | null;
        readonly replay: number;
        readonly attempts: number;
        readonly createdAt: string;
        readonly nextAt: string | null;
        readonly finishedAt: string | null;
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        } | null;
        readonly answer: string | null;
        readonly tries: {
          readonly items: readonly ({
            readonly attempt: number;
            readonly startedAt: string;
            readonly endedAt: string | null;
            readonly code: string | null;
            readonly answer: string | null;
            readonly exchanged: boolean;
          })[];
          readonly next: string | null;
        };
        readonly earlierTries: number;
        readonly blockedBy: number | null;
      })[];
      readonly trail: readonly ({
        readonly at: string;
        readonly step: string;
        readonly route: string | null;
        readonly detail: string | null;
      })[];
    };
  };
  "POST /messages/{id}/case": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly name?: string;
      readonly reason?: string;
    };
    answer: {
      readonly file: string;
    };
  };
  "POST /messages/{id}/case/plan": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly name?: string;
    };
    answer: {
      readonly file: string;
      readonly text: string;
      readonly disguised: readonly ({
        readonly pointer: string;
        readonly kind: "e-mail" | "phone" | "date" | "number" | "id" | "text";
      })[];
      readonly passed: boolean;
      readonly problem: string | null;
      readonly differences: readonly (string)[];
      readonly differs: string | null;
      readonly writable: boolean;
    };
  };
  "GET /messages/{id}/deliveries/{delivery}/attempts": {
    query: {
      readonly limit?: number;
      readonly cursor?: string;
    };
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly attempt: number;
        readonly startedAt: string;
        readonly endedAt: string | null;
        readonly code: string | null;
        readonly answer: string | null;
        readonly exchanged: boolean;
      })[];
      readonly next: string | null;
    };
  };
  "GET /messages/{id}/deliveries/{delivery}/attempts/{attempt}": {
    query: {
      readonly startedAt: number | string;
    };
    body: undefined;
    answer: {
      readonly attempt: number;
      readonly sent: {
        readonly line: string;
        readonly fields: Readonly<Record<string, string>>;
        readonly body: {
          readonly text: string;
          readonly size: number | null;
        } | null;
      };
      readonly answered: {
        readonly line: string;
        readonly fields: Readonly<Record<string, string>>;
        readonly body: {
          readonly text: string;
          readonly size: number | null;
        } | null;
      } | null;
      readonly curl: string | null;
    };
  };
  "GET /messages/{id}/deliveries/{delivery}/body": {
    query: {
      readonly all?: boolean;
    };
    body: undefined;
    answer: Blob;
  };
  "POST /messages/{id}/discard": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly reason?: string;
    };
    answer: {
      readonly id: string;
      readonly flow: string;
      readonly key: string | null;
      readonly state: "queued" | "waiting" | "held" | "sending" | "parked" | "done";
      readonly acceptedAt: string;
      readonly finishedAt: string | null;
      readonly attempts: number;
      readonly replay: number;
      readonly file: number | null;
      readonly row: number | null;
      readonly outcomes: Readonly<Record<string, string>>;
      readonly failure: {
        readonly code: string;
        readonly message: string;
        readonly title: string;
        readonly cure: string;
        readonly place?: {
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
          readonly record?: number;
          readonly field?: string;
        };
        readonly issues?: readonly ({
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly message: string;
        })[];
      } | null;
      readonly ownState: "queued" | "waiting" | "held" | "sending" | "parked" | "done";
      readonly system: string;
      readonly event: string | null;
      readonly contentType: string | null;
      readonly headers: Readonly<Record<string, string>> | null;
      readonly size: number;
      readonly raw: string;
      readonly place: {
        readonly file: number;
        readonly name: string | null;
        readonly row: number;
        readonly line: number;
      } | null;
      readonly cause: string | null;
      readonly edited: boolean;
      readonly nextAt: string | null;
      readonly traceparent: string | null;
      readonly version: {
        readonly id: number;
        readonly hash: string;
        readonly deployedAt: string;
      } | null;
      readonly plan: {
        readonly routes: readonly (string)[];
        readonly allowStale: boolean;
      } | null;
      readonly waitsBehind: number;
      readonly blocks: number;
      readonly blockedBy: string | null;
      readonly deliveries: readonly ({
        readonly id: string;
        readonly sequence: number;
        readonly to: string;
        readonly state: "queued" | "waiting" | "held" | "sending" | "parked" | "done";
        readonly outcome: string | null;
        readonly replay: number;
        readonly attempts: number;
        readonly createdAt: string;
        readonly nextAt: string | null;
        readonly finishedAt: string | null;
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        } | null;
        readonly answer: string | null;
        readonly tries: {
          readonly items: readonly ({
            readonly attempt: number;
            readonly startedAt: string;
            readonly endedAt: string | null;
            readonly code: string | null;
            readonly answer: string | null;
            readonly exchanged: boolean;
          })[];
          readonly next: string | null;
        };
        readonly earlierTries: number;
        readonly blockedBy: number | null;
      })[];
      readonly trail: readonly ({
        readonly at: string;
        readonly step: string;
        readonly route: string | null;
        readonly detail: string | null;
      })[];
    };
  };
  "POST /messages/{id}/edited": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly text?: string;
      readonly base64?: string;
      readonly allowStale?: boolean;
      readonly reason?: string;
    };
    answer: {
      readonly id: string;
    };
  };
  "POST /messages/{id}/edited/plan": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly text?: string;
      readonly base64?: string;
    };
    answer: {
      readonly bytes: number;
      readonly before: string | null;
      readonly after: string;
      readonly key: string | null;
      readonly keyBefore: string | null;
      readonly routes: readonly (string)[];
      readonly mapped: unknown;
      readonly failure: {
        readonly code: string;
        readonly message: string;
        readonly title: string;
        readonly cure: string;
        readonly place?: {
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
          readonly record?: number;
          readonly field?: string;
        };
        readonly issues?: readonly ({
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly message: string;
        })[];
      } | null;
      readonly newer: string | null;
      readonly heldBack: boolean;
    };
  };
  "GET /messages/{id}/mapped": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly version: {
        readonly hash: string;
        readonly inForce: boolean;
      };
      readonly mapping: string | null;
      readonly record: unknown;
      readonly mapped: unknown;
      readonly routes: readonly (string)[];
      readonly lookUps: number;
      readonly failure: {
        readonly code: string;
        readonly message: string;
        readonly title: string;
        readonly cure: string;
        readonly place?: {
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
          readonly record?: number;
          readonly field?: string;
        };
        readonly issues?: readonly ({
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly message: string;
        })[];
      } | null;
      readonly fields: readonly ({
        readonly path: string;
        readonly set: "always" | "sometimes" | "unknown";
        readonly line: number | null;
        readonly column: number | null;
        readonly text: string | null;
        readonly sources: readonly ({
          readonly path: string;
          readonly role: "value" | "decides";
        })[];
      })[];
      readonly read: readonly (string)[];
      readonly milliseconds: number;
    };
  };
  "POST /messages/{id}/park": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly reason?: string;
    };
    answer: {
      readonly id: string;
      readonly flow: string;
      readonly key: string | null;
      readonly state: "queued" | "waiting" | "held" | "sending" | "parked" | "done";
      readonly acceptedAt: string;
      readonly finishedAt: string | null;
      readonly attempts: number;
      readonly replay: number;
      readonly file: number | null;
      readonly row: number | null;
      readonly outcomes: Readonly<Record<string, string>>;
      readonly failure: {
        readonly code: string;
        readonly message: string;
        readonly title: string;
        readonly cure: string;
        readonly place?: {
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
          readonly record?: number;
          readonly field?: string;
        };
        readonly issues?: readonly ({
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly message: string;
        })[];
      } | null;
      readonly ownState: "queued" | "waiting" | "held" | "sending" | "parked" | "done";
      readonly system: string;
      readonly event: string | null;
      readonly contentType: string | null;
      readonly headers: Readonly<Record<string, string>> | null;
      readonly size: number;
      readonly raw: string;
      readonly place: {
        readonly file: number;
        readonly name: string | null;
        readonly row: number;
        readonly line: number;
      } | null;
      readonly cause: string | null;
      readonly edited: boolean;
      readonly nextAt: string | null;
      readonly traceparent: string | null;
      readonly version: {
        readonly id: number;
        readonly hash: string;
        readonly deployedAt: string;
      } | null;
      readonly plan: {
        readonly routes: readonly (string)[];
        readonly allowStale: boolean;
      } | null;
      readonly waitsBehind: number;
      readonly blocks: number;
      readonly blockedBy: string | null;
      readonly deliveries: readonly ({
        readonly id: string;
        readonly sequence: number;
        readonly to: string;
        readonly state: "queued" | "waiting" | "held" | "sending" | "parked" | "done";
        readonly outcome: string | null;
        readonly replay: number;
        readonly attempts: number;
        readonly createdAt: string;
        readonly nextAt: string | null;
        readonly finishedAt: string | null;
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        } | null;
        readonly answer: string | null;
        readonly tries: {
          readonly items: readonly ({
            readonly attempt: number;
            readonly startedAt: string;
            readonly endedAt: string | null;
            readonly code: string | null;
            readonly answer: string | null;
            readonly exchanged: boolean;
          })[];
          readonly next: string | null;
        };
        readonly earlierTries: number;
        readonly blockedBy: number | null;
      })[];
      readonly trail: readonly ({
        readonly at: string;
        readonly step: string;
        readonly route: string | null;
        readonly detail: string | null;
      })[];
    };
  };
  "GET /messages/{id}/raw": {
    query: {
      readonly all?: boolean;
    };
    body: undefined;
    answer: Blob;
  };
  "GET /openapi.json": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: Readonly<Record<string, unknown>>;
  };
  "GET /overview": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly at: string;
      readonly since: string;
      readonly flows: readonly ({
        readonly name: string;
        readonly files: boolean;
        readonly received: number;
        readonly routes: readonly ({
          readonly to: string;
          readonly filtered: number;
          readonly sent: number;
        })[];
        readonly queued: number;
        readonly parked: number;
        readonly unmuted: number;
        readonly rejected: number;
        readonly rejectedMore: boolean;
        readonly oldest: string | null;
        readonly perHour: readonly (number)[];
      })[];
    };
  };
  "POST /replay": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly selection: {
        readonly messages?: readonly (string)[];
        readonly flow?: string;
        readonly state?: "parked" | "rejected" | "done";
        readonly code?: string;
        readonly key?: string;
        readonly file?: number;
        readonly since?: number | string;
        readonly until?: number | string;
      };
      readonly version?: "current" | "same";
      readonly routes?: readonly (string)[];
      readonly allowStale?: boolean;
      readonly reason?: string;
    };
    answer: {
      readonly matched: number;
      readonly keys: number;
      readonly oldest: string | null;
      readonly newest: string | null;
      readonly sample: readonly (string)[];
    };
  };
  "POST /replay/plan": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly selection: {
        readonly messages?: readonly (string)[];
        readonly flow?: string;
        readonly state?: "parked" | "rejected" | "done";
        readonly code?: string;
        readonly key?: string;
        readonly file?: number;
        readonly since?: number | string;
        readonly until?: number | string;
      };
    };
    answer: {
      readonly matched: number;
      readonly keys: number;
      readonly oldest: string | null;
      readonly newest: string | null;
      readonly sample: readonly (string)[];
    };
  };
  "GET /retention": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly rules: {
        readonly messages: number | null;
        readonly files: number | null;
        readonly bundles: number | null;
        readonly alerts: number | null;
      };
      readonly flows: readonly ({
        readonly flow: string;
        readonly keep: number | null;
        readonly own: boolean;
        readonly oldest: string | null;
      })[];
      readonly forgotten: {
        readonly messages: number;
        readonly files: number;
        readonly bundles: number;
        readonly alerts: number;
      };
      readonly sweptAt: string | null;
      readonly nextAt: string | null;
    };
  };
  "GET /schedules": {
    query: {
      readonly count?: number;
    };
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly flow: string;
        readonly cron: string;
        readonly zone: string;
        readonly window: {
          readonly from: string;
          readonly to: string;
        } | null;
        readonly misfire: string;
        readonly upcoming: readonly ({
          readonly at: string;
          readonly clockChange: boolean;
        })[];
      })[];
    };
  };
  "GET /session": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly signedIn: boolean;
      readonly auth: "token" | "none";
      readonly user: {
        readonly name: string | null;
        readonly password: boolean;
        readonly role: "viewer" | "operator" | "engineer" | "admin" | "agent";
        readonly permissions: readonly ("read" | "operate" | "change" | "reveal" | "payloads" | "desk" | "administer")[];
      } | null;
      readonly users: boolean;
      readonly provider: {
        readonly label: string;
        readonly there: boolean;
      } | null;
    };
  };
  "POST /session": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly token: string;
    } | {
      readonly name: string;
      readonly password: string;
    };
    answer: {
      readonly signedIn: boolean;
      readonly auth: "token" | "none";
      readonly user: {
        readonly name: string | null;
        readonly password: boolean;
        readonly role: "viewer" | "operator" | "engineer" | "admin" | "agent";
        readonly permissions: readonly ("read" | "operate" | "change" | "reveal" | "payloads" | "desk" | "administer")[];
      } | null;
      readonly users: boolean;
      readonly provider: {
        readonly label: string;
        readonly there: boolean;
      } | null;
    };
  };
  "DELETE /session": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly signedIn: boolean;
      readonly auth: "token" | "none";
      readonly user: {
        readonly name: string | null;
        readonly password: boolean;
        readonly role: "viewer" | "operator" | "engineer" | "admin" | "agent";
        readonly permissions: readonly ("read" | "operate" | "change" | "reveal" | "payloads" | "desk" | "administer")[];
      } | null;
      readonly users: boolean;
      readonly provider: {
        readonly label: string;
        readonly there: boolean;
      } | null;
      readonly leave: string | null;
    };
  };
  "GET /session/oidc": {
    query: {
      readonly to?: string;
    };
    body: undefined;
    answer: Blob;
  };
  "GET /session/oidc/callback": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: Blob;
  };
  "POST /session/password": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly current: string;
      readonly password: string;
    };
    answer: {
      readonly changed: boolean;
    };
  };
  "GET /status": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly version: string;
      readonly at: string;
      readonly stopping: boolean;
      readonly diskFree: number;
      readonly diskLow: boolean;
      readonly backlog: number;
      readonly backlogFull: boolean;
      readonly lanes: number;
      readonly duty: boolean;
      readonly flows: number;
    };
  };
  "GET /stream": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: Blob;
  };
  "GET /systems": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly name: string;
        readonly connector: string;
        readonly settings: unknown;
        readonly sources: readonly ({
          readonly flow: string;
          readonly name: string;
          readonly kind: "pull" | "listen";
          readonly state: "idle" | "reading" | "connecting" | "connected" | "waiting" | "paused";
          readonly cursor: string | null;
          readonly movedAt: string | null;
          readonly failure: {
            readonly code: string;
            readonly message: string;
            readonly title: string;
            readonly cure: string;
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly issues?: readonly ({
              readonly place?: {
                readonly file?: string;
                readonly line?: number;
                readonly column?: number;
                readonly record?: number;
                readonly field?: string;
              };
              readonly message: string;
            })[];
          } | null;
          readonly nextAt: string | null;
          readonly collected: number;
        })[];
        readonly gate: {
          readonly breaker: "closed" | "open" | "half-open" | null;
          readonly opensIn: number | null;
          readonly failures: number;
          readonly recent: number | null;
        } | null;
      })[];
    };
  };
  "POST /systems/{name}/check": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly ok: boolean;
      readonly failure: {
        readonly code: string;
        readonly message: string;
        readonly title: string;
        readonly cure: string;
        readonly place?: {
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
          readonly record?: number;
          readonly field?: string;
        };
        readonly issues?: readonly ({
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly message: string;
        })[];
      } | null;
    };
  };
  "GET /unassigned": {
    query: {
      readonly entity?: "interaction" | "invoice" | "order" | "payment";
      readonly limit?: number;
      readonly cursor?: string;
    };
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly entity: string;
        readonly system: string;
        readonly id: string;
        readonly at: string;
        readonly possible: boolean;
        readonly values: Readonly<Record<string, unknown>>;
        readonly origin: {
          readonly message: string | null;
          readonly file: number | null;
          readonly row: number | null;
          readonly flowVersion: number;
          readonly at: string;
        };
      })[];
      readonly next: string | null;
    };
  };
  "GET /users": {
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly name: string;
        readonly role: "viewer" | "operator" | "engineer" | "admin" | "agent";
        readonly payloads: boolean;
        readonly disabled: boolean;
        readonly signsInBy: "password" | "provider";
        readonly lockedUntil: string | null;
        readonly createdAt: string;
        readonly signedInAt: string | null;
      })[];
    };
  };
  "POST /users": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly name: string;
      readonly password: string;
      readonly role: "viewer" | "operator" | "engineer" | "admin" | "agent";
      readonly payloads?: boolean;
      readonly reason?: string;
    };
    answer: {
      readonly name: string;
      readonly role: "viewer" | "operator" | "engineer" | "admin" | "agent";
      readonly payloads: boolean;
      readonly disabled: boolean;
      readonly signsInBy: "password" | "provider";
      readonly lockedUntil: string | null;
      readonly createdAt: string;
      readonly signedInAt: string | null;
    };
  };
  "POST /users/{name}": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly role?: "viewer" | "operator" | "engineer" | "admin" | "agent";
      readonly payloads?: boolean;
      readonly disabled?: boolean;
      readonly reason?: string;
    };
    answer: {
      readonly name: string;
      readonly role: "viewer" | "operator" | "engineer" | "admin" | "agent";
      readonly payloads: boolean;
      readonly disabled: boolean;
      readonly signsInBy: "password" | "provider";
      readonly lockedUntil: string | null;
      readonly createdAt: string;
      readonly signedInAt: string | null;
    };
  };
  "POST /users/{name}/password": {
    query: Readonly<Record<string, never>>;
    body: {
      readonly password: string;
      readonly reason?: string;
    };
    answer: {
      readonly name: string;
      readonly role: "viewer" | "operator" | "engineer" | "admin" | "agent";
      readonly payloads: boolean;
      readonly disabled: boolean;
      readonly signsInBy: "password" | "provider";
      readonly lockedUntil: string | null;
      readonly createdAt: string;
      readonly signedInAt: string | null;
    };
  };
  "GET /written-files": {
    query: {
      readonly limit?: number;
      readonly cursor?: number;
      readonly flow?: string;
      readonly state?: "open" | "fixed" | "written" | "done";
    };
    body: undefined;
    answer: {
      readonly items: readonly ({
        readonly id: number;
        readonly flow: string;
        readonly to: string;
        readonly slot: string;
        readonly part: number;
        readonly closes: boolean;
        readonly state: "open" | "fixed" | "written" | "done";
        readonly rows: number;
        readonly answer: string | null;
        readonly failure: {
          readonly code: string;
          readonly message: string;
          readonly title: string;
          readonly cure: string;
          readonly place?: {
            readonly file?: string;
            readonly line?: number;
            readonly column?: number;
            readonly record?: number;
            readonly field?: string;
          };
          readonly issues?: readonly ({
            readonly place?: {
              readonly file?: string;
              readonly line?: number;
              readonly column?: number;
              readonly record?: number;
              readonly field?: string;
            };
            readonly message: string;
          })[];
        } | null;
        readonly startedAt: string;
        readonly finishedAt: string | null;
      })[];
      readonly next: number | null;
    };
  };
}
