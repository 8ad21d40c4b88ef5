/** Map files read in the browser, where they stay: GeoJSON, KML, GeoPackage. A bad one is told by line or feature. */

import { readGeoPackage } from "./gpkg";

export interface MapLayer {
  id: string;
  name: string;
  /** `server`: shown to all who may see it; `here`: dropped on this page, and never leaves it. */
  from: "server" | "here";
  visibility?: string;
  shown: boolean;
  features: GeoJSON.Feature[];
  problems: string[];
}

interface Raw {
  geometry: GeoJSON.Geometry | null;
  why?: string;
  properties: Record<string, unknown>;
}

const NAMES = ["name", "title", "label", "objnam", "id"];
const TYPES = new Set([
  "Point",
  "MultiPoint",
  "LineString",
  "MultiLineString",
  "Polygon",
  "MultiPolygon",
  "GeometryCollection",
]);
export const MOST_BYTES = 60 * 1024 * 1024;
const MOST_FEATURES = 20_000;

const nameOf = (properties: Record<string, unknown>): string => {
  const low = Object.fromEntries(Object.entries(properties).map(([k, v]) => [k.toLowerCase(), v]));
  const key = NAMES.find((n) => low[n] !== undefined && low[n] !== null && low[n] !== "");
  return key ? String(low[key]).slice(0, 200) : "";
};

/** The first place of a geometry that is nowhere, as words; empty when all is well. */
function nowhere(geometry: GeoJSON.Geometry): string {
  let vertex = 0;
  const walk = (c: unknown): string => {
    if (!Array.isArray(c)) return "has coordinates that are no list";
    if (typeof c[0] === "number" || !c.length) {
      vertex++;
      const [lon, lat] = c as number[];
      if (
        typeof lon !== "number" ||
        typeof lat !== "number" ||
        !Number.isFinite(lon) ||
        !Number.isFinite(lat)
      )
        return `has no place at vertex ${vertex}`;
      if (Math.abs(lon) > 360 || Math.abs(lat) > 90)
        return `has vertex ${vertex} at longitude ${lon}, latitude ${lat}, which is nowhere; are these metres, or latitude and longitude swapped?`;
      return "";
    }
    for (const part of c) {
      const bad = walk(part);
      if (bad) return bad;
    }
    return "";
  };
  if (geometry.type === "GeometryCollection") return geometry.geometries.map(nowhere).find(Boolean) ?? "";
  return walk(geometry.coordinates);
}

/** Line and column of a failure in JSON; browsers tell them in different ways, and some not at all. */
export function jsonPlace(text: string, message: string): string {
  const line = message.match(/line (\d+) column (\d+)/);
  if (line) return `line ${line[1]}, column ${line[2]}`;
  const position = message.match(/position (\d+)/);
  if (!position) return "";
  const before = text.slice(0, Number(position[1])).split("\n");
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

function rawGeoJson(text: string): Raw[] {
  let held: Record<string, unknown>;
  try {
    held = JSON.parse(text);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : "";
    const at = jsonPlace(text, message);
    throw new Error(`${at ? `${at}: ` : ""}is no JSON: ${message.replace(/\s*[(]?(in JSON )?at .*$/, "")}`);
  }
  const of = (f: unknown): Raw => {
    const one = f as {
      type?: string;
      geometry?: GeoJSON.Geometry | null;
      properties?: Record<string, unknown>;
    };
    if (one?.type !== "Feature") return { geometry: null, why: "is no Feature", properties: {} };
    return { geometry: one.geometry ?? null, properties: one.properties ?? {} };
  };
  if (held?.type === "FeatureCollection" && Array.isArray(held.features)) return held.features.map(of);
  if (held?.type === "Feature") return [of(held)];
  if (typeof held?.type === "string" && TYPES.has(held.type))
    return [{ geometry: held as unknown as GeoJSON.Geometry, properties: {} }];
  throw new Error("is JSON, but no GeoJSON: it has no `type` that is known");
}

/** Where tags do not close as they opened, as a sentence; empty when they do. */
export function unclosed(text: string): string {
  const open: { tag: string; line: number }[] = [];
  const lineOf = (at: number) => text.slice(0, at).split("\n").length;
  const blank = text.replaceAll(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<![^>]*>/g, (gone) =>
    gone.replaceAll(/[^\n]/g, " "),
  );
  for (const found of blank.matchAll(/<(\/?)([\w:.-]+)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>/g)) {
    const [, closes, tag, , empty] = found;
    const line = lineOf(found.index);
    if (closes) {
      const last = open.pop();
      if (last?.tag !== tag)
        return `line ${line}: is no XML: </${tag}> closes ${last ? `<${last.tag}> of line ${last.line}` : "nothing"}`;
    } else if (!empty) open.push({ tag: tag!, line });
  }
  const left = open.at(-1);
  return left ? `line ${left.line}: is no XML: <${left.tag}> is never closed` : "";
}

function rawKml(text: string): Raw[] {
  // before the browser's own reader, which shows its errors as a page with a style that the policy forbids
  const broken = unclosed(text);
  if (broken) throw new Error(broken);
  const doc = new DOMParser().parseFromString(text, "application/xml");
  const error = doc.getElementsByTagName("parsererror")[0];
  if (error) {
    const said = (error.textContent ?? "").replaceAll(/\s+/g, " ");
    const at = said.match(/line (?:number )?(\d+)/i);
    throw new Error(`${at ? `line ${at[1]}: ` : ""}is no XML`);
  }
  const places = (text: string) =>
    text
      .trim()
      .split(/\s+/)
      .map((p) => p.split(",").slice(0, 2).map(Number));
  const all = (node: Element, name: string) =>
    [...node.querySelectorAll("*")].filter((e) => e.localName === name);
  const coordinates = (node: Element) => places(all(node, "coordinates")[0]?.textContent ?? "");
  return all(doc.documentElement, "Placemark").map((mark) => {
    const name = [...mark.children].find((c) => c.localName === "name")?.textContent?.trim() ?? "";
    const geometries: GeoJSON.Geometry[] = [
      ...all(mark, "Point").map((g) => ({ type: "Point" as const, coordinates: coordinates(g)[0]! })),
      ...all(mark, "LineString").map((g) => ({ type: "LineString" as const, coordinates: coordinates(g) })),
      ...all(mark, "Polygon").map((g) => ({
        type: "Polygon" as const,
        coordinates: [...all(g, "outerBoundaryIs"), ...all(g, "innerBoundaryIs")].map(coordinates),
      })),
    ];
    const geometry =
      geometries.length > 1 ? { type: "GeometryCollection" as const, geometries } : (geometries[0] ?? null);
    return { geometry, properties: name ? { name } : {} };
  });
}

/** One file as a layer. Throws an Error whose message is a sentence with the file, the place and the reason. */
export async function readLayer(file: File): Promise<MapLayer> {
  const end = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
  const fail = (why: string) => new Error(`${file.name}, ${why}`.replace(/, (is|holds)\b/, " $1"));
  if (![".geojson", ".json", ".kml", ".gpkg"].includes(end))
    throw fail(`is not read here: give GeoJSON, KML or GeoPackage (.gpkg)`);
  if (file.size > MOST_BYTES)
    throw fail("is larger than 60 MB: cut it, or give it to the server with --layer");
  let raw: Raw[];
  try {
    if (end === ".gpkg") raw = readGeoPackage(new Uint8Array(await file.arrayBuffer()));
    else raw = end === ".kml" ? rawKml(await file.text()) : rawGeoJson(await file.text());
  } catch (cause) {
    const why = cause instanceof RangeError ? "is damaged or cut short" : (cause as Error).message;
    throw fail(why);
  }
  const features: GeoJSON.Feature[] = [];
  const problems: string[] = [];
  raw.slice(0, MOST_FEATURES).forEach((one, k) => {
    const name = nameOf(one.properties);
    const label = `feature ${k + 1}${name ? ` '${name}'` : ""}`;
    const known = one.geometry && TYPES.has(one.geometry.type);
    const why = !one.geometry
      ? (one.why ?? "has no geometry")
      : known
        ? nowhere(one.geometry)
        : `has a geometry of the type ${JSON.stringify(one.geometry.type)}, which is none`;
    if (why) problems.push(`${file.name}, ${label}: ${why}`);
    else features.push({ type: "Feature", geometry: one.geometry!, properties: { name } });
  });
  if (raw.length > MOST_FEATURES)
    problems.push(
      `${file.name}: only the first 20,000 of ${raw.length.toLocaleString("en-GB")} features are shown`,
    );
  if (!features.length)
    throw new Error(problems[0] ? `Nothing can be drawn: ${problems[0]}` : `${file.name} holds no feature`);
  return {
    id: `here-${file.name}`,
    name: file.name.slice(0, file.name.length - end.length).replaceAll("_", " "),
    from: "here",
    shown: true,
    features,
    problems,
  };
}
