/**
 * A GeoPackage read in the browser: just enough of SQLite's file format (tables, no indexes) and of WKB to draw
 * what is in it. Formats: sqlite.org/fileformat2.html; OGC 12-128 (GeoPackage) 2.1.3.
 */

type Value = number | string | Uint8Array | null;

class Database {
  private readonly view: DataView;
  private readonly size: number;
  private readonly usable: number;
  private readonly text = new TextDecoder();

  constructor(private readonly data: Uint8Array) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (data.length < 512 || this.text.decode(data.subarray(0, 15)) !== "SQLite format 3")
      throw new Error("is no GeoPackage: it does not begin as an SQLite file does");
    const said = this.view.getUint16(16);
    this.size = said === 1 ? 65536 : said;
    this.usable = this.size - data[20]!;
  }

  private varint(at: number): [number, number] {
    let value = 0;
    for (let k = 0; k < 8; k++) {
      const byte = this.data[at + k]!;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return [value, at + k + 1];
    }
    return [value * 256 + this.data[at + 8]!, at + 9];
  }

  private payload(at: number, length: number): Uint8Array {
    const most = this.usable - 35;
    if (length <= most) return this.data.subarray(at, at + length);
    const least = Math.floor(((this.usable - 12) * 32) / 255) - 23;
    const fits = least + ((length - least) % (this.usable - 4));
    const local = fits <= most ? fits : least;
    const whole = new Uint8Array(length);
    whole.set(this.data.subarray(at, at + local));
    let page = this.view.getUint32(at + local);
    for (let done = local; done < length && page; ) {
      const start = (page - 1) * this.size;
      const part = this.data.subarray(start + 4, start + 4 + Math.min(this.usable - 4, length - done));
      whole.set(part, done);
      done += part.length;
      page = this.view.getUint32(start);
    }
    return whole;
  }

  private record(bytes: Uint8Array): Value[] {
    const inner = new Database.Reader(bytes);
    return inner.values(this.text);
  }

  private static Reader = class {
    private readonly view: DataView;
    constructor(private readonly bytes: Uint8Array) {
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    private varint(at: number): [number, number] {
      let value = 0;
      for (let k = 0; k < 8; k++) {
        const byte = this.bytes[at + k]!;
        value = value * 128 + (byte & 0x7f);
        if (byte < 0x80) return [value, at + k + 1];
      }
      return [value * 256 + this.bytes[at + 8]!, at + 9];
    }
    values(text: TextDecoder): Value[] {
      const [header, first] = this.varint(0);
      const types: number[] = [];
      for (let at = first; at < header; ) {
        const [type, next] = this.varint(at);
        types.push(type);
        at = next;
      }
      let at = header;
      const whole = (n: number): number => {
        let value = this.view.getInt8(at);
        for (let k = 1; k < n; k++) value = value * 256 + this.bytes[at + k]!;
        at += n;
        return value;
      };
      return types.map((type) => {
        if (type === 0) return null;
        if (type <= 6) return whole([0, 1, 2, 3, 4, 6, 8][type]!);
        if (type === 7) {
          at += 8;
          return this.view.getFloat64(at - 8);
        }
        if (type === 8 || type === 9) return type - 8;
        const length = (type - (type % 2 ? 13 : 12)) / 2;
        const part = this.bytes.subarray(at, at + length);
        at += length;
        return type % 2 ? text.decode(part) : part;
      });
    }
  };

  /** Every row of the table whose root is a page. */
  *rows(page: number): Generator<[number, Value[]]> {
    const start = (page - 1) * this.size;
    const head = start + (page === 1 ? 100 : 0);
    const kind = this.data[head];
    const cells = this.view.getUint16(head + 3);
    if (kind !== 5 && kind !== 13) throw new Error("is damaged: a page is no page of a table");
    const first = head + (kind === 5 ? 12 : 8);
    for (let k = 0; k < cells; k++) {
      const at = start + this.view.getUint16(first + 2 * k);
      if (kind === 5) yield* this.rows(this.view.getUint32(at));
      else {
        const [length, after] = this.varint(at);
        const [row, body] = this.varint(after);
        yield [row, this.record(this.payload(body, length))];
      }
    }
    if (kind === 5) yield* this.rows(this.view.getUint32(head + 8));
  }

  /** A table as objects by the names of its columns. */
  *table(name: string): Generator<Record<string, Value>> {
    for (const [, [type, , of, root, sql]] of this.rows(1)) {
      if (type !== "table" || String(of).toLowerCase() !== name.toLowerCase()) continue;
      const columns = columnsOf(String(sql));
      for (const [row, values] of this.rows(Number(root)))
        yield Object.fromEntries(
          columns.map((c, k) => [c.name, c.isRow && values[k] == null ? row : (values[k] ?? null)]),
        );
      return;
    }
    throw new Error(`is no GeoPackage: it has no table ${name}`);
  }
}

/** The columns that a CREATE TABLE names, in their order. */
export function columnsOf(sql: string): { name: string; isRow: boolean }[] {
  const inside = sql.slice(sql.indexOf("(") + 1, sql.lastIndexOf(")"));
  const parts: string[] = [];
  let depth = 0;
  let quote = "";
  let from = 0;
  for (let k = 0; k <= inside.length; k++) {
    const c = inside[k] ?? ",";
    if (quote) {
      if (c === quote) quote = "";
    } else if (c === '"' || c === "'" || c === "`") quote = c;
    else if (c === "(") depth++;
    else if (c === ")") depth--;
    else if (c === "," && !depth) {
      parts.push(inside.slice(from, k).trim());
      from = k + 1;
    }
  }
  return parts
    .filter((part) => part && !/^(constraint|primary|unique|check|foreign)\b/i.test(part))
    .map((part) => ({
      name: (part.match(/^"([^"]+)"|^`([^`]+)`|^\[([^\]]+)\]|^(\S+)/) ?? []).slice(1).find(Boolean) ?? part,
      isRow: /\bINTEGER\b.*\bPRIMARY\s+KEY\b/i.test(part),
    }));
}

/** A geometry of WKB (ISO or extended, any dimension) as GeoJSON in two dimensions. */
export function fromWkb(bytes: Uint8Array): GeoJSON.Geometry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const read = (): GeoJSON.Geometry => {
    const little = view.getUint8(at) === 1;
    let type = view.getUint32(at + 1, little);
    at += 5;
    let extra = (type & 0x80000000 ? 1 : 0) + (type & 0x40000000 ? 1 : 0);
    if (type & 0x20000000) at += 4;
    type &= 0x0fffffff;
    if (type >= 1000) extra = [0, 1, 1, 2][Math.floor(type / 1000)] ?? 0;
    const plain = type % 1000;
    const count = () => {
      at += 4;
      return view.getUint32(at - 4, little);
    };
    const point = (): [number, number] => {
      const xy: [number, number] = [view.getFloat64(at, little), view.getFloat64(at + 8, little)];
      at += 16 + 8 * extra;
      return xy;
    };
    const many = <T>(one: () => T): T[] => Array.from({ length: count() }, one);
    const line = () => many(point);
    const parts = () => many(read) as (GeoJSON.Geometry & { coordinates: never })[];
    if (plain === 1) return { type: "Point", coordinates: point() };
    if (plain === 2) return { type: "LineString", coordinates: line() };
    if (plain === 3) return { type: "Polygon", coordinates: many(line) };
    if (plain === 4) return { type: "MultiPoint", coordinates: parts().map((g) => g.coordinates) };
    if (plain === 5) return { type: "MultiLineString", coordinates: parts().map((g) => g.coordinates) };
    if (plain === 6) return { type: "MultiPolygon", coordinates: parts().map((g) => g.coordinates) };
    if (plain === 7) return { type: "GeometryCollection", geometries: many(read) };
    throw new Error(`is a geometry of type ${plain}, which is not read`);
  };
  return read();
}

const ENVELOPE = [0, 32, 48, 48, 64];
const DEGREES = [4326, 4258, 0, -1];

/** Every feature of every table of features; a geometry that can't be read is null, with why. */
export function readGeoPackage(
  data: Uint8Array,
): { geometry: GeoJSON.Geometry | null; why?: string; properties: Record<string, unknown> }[] {
  const db = new Database(data);
  const found: { geometry: GeoJSON.Geometry | null; why?: string; properties: Record<string, unknown> }[] =
    [];
  for (const about of [...db.table("gpkg_geometry_columns")]) {
    const [table, column, srs] = [String(about.table_name), String(about.column_name), Number(about.srs_id)];
    if (!DEGREES.includes(srs))
      throw new Error(
        `is in the reference system ${srs}, not in degrees of WGS84: give it to the server with --layer, which turns it`,
      );
    for (const row of db.table(table)) {
      const { [column]: blob, ...rest } = row;
      const properties = Object.fromEntries(
        Object.entries(rest).filter(([, v]) => v !== null && !(v instanceof Uint8Array)),
      );
      if (!(blob instanceof Uint8Array) || blob.length < 13) {
        found.push({ geometry: null, why: "has no geometry", properties });
        continue;
      }
      try {
        const size = ENVELOPE[(blob[3]! >> 1) & 7] ?? 0;
        found.push({ geometry: fromWkb(blob.subarray(8 + size)), properties });
      } catch (cause) {
        found.push({
          geometry: null,
          why: cause instanceof Error ? cause.message : "can't be read",
          properties,
        });
      }
    }
  }
  return found;
}
