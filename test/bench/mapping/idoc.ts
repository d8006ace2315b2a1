import { type Kind, listOf, type Some } from "./kind.ts";

const TEXT = `IDOC.(
  $day := function($text) {
    $exists($text) ? $substring($text, 0, 4) & "-" & $substring($text, 4, 2) & "-" & $substring($text, 6, 2)
  };
  $partner := function($role) {
    E1EDKA1[PARVW = $role].{
      "id": PARTN, "name": $trim(NAME1 & " " & NAME2), "city": ORT01, "country": LAND1
    }
  };
  {
    "id": E1EDK01.BELNR,
    "message": EDI_DC40.MESTYP & "/" & EDI_DC40.DOCNUM,
    "currency": E1EDK01.CURCY,
    "orderedOn": $day(E1EDK03[IDDAT = "012"].DATUM),
    "wantedOn": $day(E1EDK03[IDDAT = "002"].DATUM),
    "buyer": $partner("AG"),
    "shipTo": $partner("WE"),
    "lines": [ E1EDP01.{
      "number": $number(POSEX),
      "sku": E1EDP19[QUALF = "002"].IDTNR,
      "text": E1EDP19[QUALF = "002"].KTEXT,
      "quantity": $number(MENGE),
      "unit": MENEE = "PCE" ? "piece" : MENEE,
      "price": $number(VPREI)
    } ],
    "total": $number(E1EDS01[SUMID = "002"].SUMME)
  }
)`;

interface Partner {
  readonly PARVW: string;
  readonly PARTN?: string;
  readonly NAME1?: string;
  readonly NAME2?: string;
  readonly ORT01?: string;
  readonly LAND1?: string;
}
interface Item {
  readonly POSEX?: string;
  readonly MENGE?: string;
  readonly MENEE?: string;
  readonly VPREI?: string;
  readonly E1EDP19?: Some<{ readonly QUALF: string; readonly IDTNR?: string; readonly KTEXT?: string }>;
}
interface Idoc {
  readonly EDI_DC40?: { readonly MESTYP?: string; readonly DOCNUM?: string };
  readonly E1EDK01?: { readonly BELNR?: string; readonly CURCY?: string };
  readonly E1EDK03?: Some<{ readonly IDDAT: string; readonly DATUM?: string }>;
  readonly E1EDKA1?: Some<Partner>;
  readonly E1EDP01?: Some<Item>;
  readonly E1EDS01?: Some<{ readonly SUMID: string; readonly SUMME?: string }>;
}

export const idoc: Kind = {
  name: "d IDoc-like XML to canonical",
  text: TEXT,
  keep: ["IDOC", "PARVW", "QUALF", "IDDAT", "SUMID"],
  record: (n): { readonly IDOC: Idoc } => ({
    IDOC: {
      EDI_DC40: { MESTYP: "ORDERS", DOCNUM: String(n).padStart(16, "0") },
      E1EDK01: { BELNR: `45${String(n).padStart(8, "0")}`, CURCY: "EUR" },
      E1EDK03: [
        { IDDAT: "012", DATUM: "20261127" },
        { IDDAT: "002", DATUM: "20261204" },
      ],
      E1EDKA1: [
        { PARVW: "AG", PARTN: `1000${n % 1000}`, NAME1: "Müller", NAME2: "GmbH", ORT01: "Köln", LAND1: "DE" },
        { PARVW: "WE", PARTN: `2000${n % 1000}`, NAME1: "Lager", NAME2: "Nord", ORT01: "Kiel", LAND1: "DE" },
      ],
      E1EDP01: Array.from({ length: 4 }, (_, at) => ({
        POSEX: `0000${at + 1}0`,
        MENGE: `${1 + ((n + at) % 9)}.000`,
        MENEE: at % 3 === 0 ? "KGM" : "PCE",
        VPREI: `${(n + at) % 100}.50`,
        E1EDP19: [
          { QUALF: "001", IDTNR: `C-${n % 50}` },
          { QUALF: "002", IDTNR: `M-${(n + at) % 900}`, KTEXT: `Material ${at}` },
        ],
      })),
      E1EDS01: [
        { SUMID: "001", SUMME: "4" },
        { SUMID: "002", SUMME: `${n % 10_000}.95` },
      ],
    },
  }),
  byHand,
};

function byHand({ IDOC }: { readonly IDOC: Idoc }): unknown {
  const result: Record<string, unknown> = {};
  const head = IDOC.E1EDK01;
  const control = IDOC.EDI_DC40;
  if (head?.BELNR !== undefined) result["id"] = head.BELNR;
  result["message"] = `${control?.MESTYP ?? ""}/${control?.DOCNUM ?? ""}`;
  if (head?.CURCY !== undefined) result["currency"] = head.CURCY;
  const dates = listOf(IDOC.E1EDK03);
  const ordered = dates.find(({ IDDAT }) => IDDAT === "012")?.DATUM;
  if (ordered !== undefined) result["orderedOn"] = day(ordered);
  const wanted = dates.find(({ IDDAT }) => IDDAT === "002")?.DATUM;
  if (wanted !== undefined) result["wantedOn"] = day(wanted);
  const partners = listOf(IDOC.E1EDKA1);
  const buyer = partners.find(({ PARVW }) => PARVW === "AG");
  if (buyer !== undefined) result["buyer"] = partnerOf(buyer);
  const shipTo = partners.find(({ PARVW }) => PARVW === "WE");
  if (shipTo !== undefined) result["shipTo"] = partnerOf(shipTo);
  const lines: unknown[] = [];
  for (const item of listOf(IDOC.E1EDP01)) lines.push(lineOf(item));
  result["lines"] = lines;
  const total = listOf(IDOC.E1EDS01).find(({ SUMID }) => SUMID === "002")?.SUMME;
  if (total !== undefined) result["total"] = Number(total);
  return result;
}

function day(text: string): string {
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
}

function partnerOf({ PARTN, NAME1, NAME2, ORT01, LAND1 }: Partner): unknown {
  const result: Record<string, unknown> = {};
  if (PARTN !== undefined) result["id"] = PARTN;
  result["name"] = `${NAME1 ?? ""} ${NAME2 ?? ""}`.trim();
  if (ORT01 !== undefined) result["city"] = ORT01;
  if (LAND1 !== undefined) result["country"] = LAND1;
  return result;
}

function lineOf({ POSEX, MENGE, MENEE, VPREI, E1EDP19 }: Item): unknown {
  const result: Record<string, unknown> = {};
  const material = listOf(E1EDP19).find(({ QUALF }) => QUALF === "002");
  if (POSEX !== undefined) result["number"] = Number(POSEX);
  if (material?.IDTNR !== undefined) result["sku"] = material.IDTNR;
  if (material?.KTEXT !== undefined) result["text"] = material.KTEXT;
  if (MENGE !== undefined) result["quantity"] = Number(MENGE);
  if (MENEE !== undefined) result["unit"] = MENEE === "PCE" ? "piece" : MENEE;
  if (VPREI !== undefined) result["price"] = Number(VPREI);
  return result;
}
