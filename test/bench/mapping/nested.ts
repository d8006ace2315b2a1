import { type Kind, listOf, type Some } from "./kind.ts";

const TEXT = `{
  "company": name,
  "offices": [ offices.{
    "city": city,
    "address": { "street": street, "zip": zip },
    "rooms": [ rooms.{ "number": no, "seats": seats, "tools": [ tools.name ], "first": tools[0].name } ]
  } ],
  "tools": [ offices.rooms.tools.name ],
  "large": [ offices.rooms[seats > 10].no ]
}`;

interface Tool {
  readonly name?: string;
}
interface Room {
  readonly no?: string;
  readonly seats?: number;
  readonly tools?: Some<Tool>;
}
interface Office {
  readonly city?: string;
  readonly street?: string;
  readonly zip?: string;
  readonly rooms?: Some<Room>;
}
interface Company {
  readonly name?: string;
  readonly offices?: Some<Office>;
}

const CITIES = ["Berlin", "Köln", "Tallinn", "Graz", "Århus"];

export const nested: Kind = {
  name: "b nested arrays",
  text: TEXT,
  // A comparison with nothing is nothing, which is no work.
  keep: ["seats"],
  record: (n): Company => ({
    name: `Company ${n}`,
    offices: Array.from({ length: 3 }, (_, office) => ({
      city: CITIES[(n + office) % CITIES.length] as string,
      street: `Street ${n % 190}`,
      zip: String(10_000 + (n % 80_000)),
      rooms: Array.from({ length: 3 }, (_, room) => ({
        no: `${office}.${room}`,
        seats: (n + room * 5) % 20,
        tools: [{ name: `phone ${n % 7}` }, { name: `screen ${room}` }],
      })),
    })),
  }),
  byHand,
};

function byHand({ name, offices }: Company): unknown {
  const tools: string[] = [];
  const large: string[] = [];
  const made: unknown[] = [];
  for (const office of listOf(offices)) {
    const rooms: unknown[] = [];
    for (const room of listOf(office.rooms)) {
      const names: string[] = [];
      for (const tool of listOf(room.tools)) {
        if (tool.name === undefined) continue;
        names.push(tool.name);
        tools.push(tool.name);
      }
      if (room.seats !== undefined && room.seats > 10 && room.no !== undefined) large.push(room.no);
      rooms.push(roomOf(room, names));
    }
    made.push(officeOf(office, rooms));
  }
  return name === undefined
    ? { offices: made, tools, large }
    : { company: name, offices: made, tools, large };
}

function roomOf({ no, seats, tools }: Room, names: readonly string[]): unknown {
  const result: Record<string, unknown> = {};
  if (no !== undefined) result["number"] = no;
  if (seats !== undefined) result["seats"] = seats;
  result["tools"] = names;
  const first = listOf(tools)[0]?.name;
  if (first !== undefined) result["first"] = first;
  return result;
}

function officeOf({ city, street, zip }: Office, rooms: readonly unknown[]): unknown {
  const result: Record<string, unknown> = {};
  if (city !== undefined) result["city"] = city;
  const address: Record<string, string> = {};
  if (street !== undefined) address["street"] = street;
  if (zip !== undefined) address["zip"] = zip;
  result["address"] = address;
  result["rooms"] = rooms;
  return result;
}
