import { NativeSelect } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Query } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { Head } from "../part/head.tsx";
import { Listed } from "../part/listed.tsx";
import { HistoryTable } from "./history-table.tsx";

const route = getRouteApi("/customers/unassigned");
const ENTITIES = ["payment", "interaction"];

type Entity = NonNullable<Query<"GET /unassigned">["entity"]>;

/** Payments, calls and mails that came and belong to nobody yet; newest first. */
export function Unassigned() {
  const { entity, cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useApi("GET /unassigned", {
    query: {
      limit: 50,
      ...(entity === undefined ? {} : { entity: entity as Entity }),
      ...(cursor === undefined ? {} : { cursor }),
    },
    live: cursor === undefined,
  });
  const filter = entity === undefined ? {} : { entity };
  return (
    <>
      <Head title="Unassigned" at={query.dataUpdatedAt}>
        <span className="faint">came, and belongs to no customer yet; newest first</span>
        <Link className="link" to="/customers">
          Find a customer
        </Link>
      </Head>
      <div className="filters">
        <NativeSelect
          label="What"
          value={entity ?? ""}
          data={[{ value: "", label: "all" }, ...ENTITIES]}
          onChange={({ currentTarget: { value } }) =>
            void navigate({ search: value === "" ? {} : { entity: value } })
          }
        />
      </div>
      <div className="card">
        <Listed
          query={query}
          cursor={cursor}
          empty={
            query.data?.next === null
              ? "Everything belongs to somebody."
              : "None among the newest; look further."
          }
          onCursor={(to) => void navigate({ search: to === undefined ? filter : { ...filter, cursor: to } })}
        >
          {(items) => <HistoryTable items={items} />}
        </Listed>
        <div className="foot">
          <span>
            A payment finds its customer by the invoice it names, else by its payer, such as an IBAN among the
            customer's links; also later, when one of them comes.
          </span>
          <span>
            A call or a mail finds its customer by the id it names, else by its number or address when one
            customer alone has that. When several have it, or one gets it later, it stays here, and their
            history says <span className="pill warn">maybe</span>.
          </span>
        </div>
      </div>
    </>
  );
}
