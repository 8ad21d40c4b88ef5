import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { columnsOf, fromWkb } from "../src/desk/gpkg";
import { jsonPlace, readLayer } from "../src/desk/layer_read";
import { LayersForm, loadLayers, takeFiles, toggleLayer } from "../src/desk/layers";
import { othersFeatures } from "../src/map/others";
import { draw, roomWith, said, settle } from "./room";

afterEach(() => vi.unstubAllGlobals());

const file = (name: string, text: string) => new File([text], name);
const point = (name: string, at: unknown = [11, 56]) => ({
  type: "Feature",
  properties: { name },
  geometry: at && { type: "Point", coordinates: at },
});
const collection = (...features: unknown[]) => JSON.stringify({ type: "FeatureCollection", features });

describe("a file dropped on the page", () => {
  it("is read as GeoJSON; what is bad is told by its number and the rest is shown", async () => {
    const text = collection(point("good"), point("metres", [691875, 6098907]), point("nothing", null));
    const layer = await readLayer(file("my_marks.geojson", text));
    expect(layer.name).toBe("my marks");
    expect(layer.features.map((f) => f.properties?.name)).toEqual(["good"]);
    expect(layer.problems[0]).toContain(
      "my_marks.geojson, feature 2 'metres': has vertex 1 at longitude 691875",
    );
    expect(layer.problems[1]).toBe("my_marks.geojson, feature 3 'nothing': has no geometry");
  });
  it("is read as KML", async () => {
    const kml = `<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Box</name><Polygon>
      <outerBoundaryIs><LinearRing><coordinates>11,56,0 12,56,0 12,57,0 11,56,0</coordinates></LinearRing>
      </outerBoundaryIs></Polygon></Placemark></Document></kml>`;
    const layer = await readLayer(file("boxes.kml", kml));
    expect(layer.features[0]?.geometry).toMatchObject({ type: "Polygon" });
    expect(layer.features[0]?.properties?.name).toBe("Box");
  });
  it.each([
    ["x.geojson", '{"type": "FeatureCollection",\n "features": [}', /^x.geojson.* is no JSON/],
    ["x.json", '{"a": 1}', /x.json is JSON, but no GeoJSON/],
    ["x.geojson", collection(), /x.geojson holds no feature/],
    [
      "x.geojson",
      collection(point("n", null)),
      /Nothing can be drawn: x.geojson, feature 1 'n': has no geometry/,
    ],
    ["x.gpkg", "no database, and far too short to be one", /x.gpkg is no GeoPackage/],
    ["x.kml", "<kml>\n<Document>\n</kml>", /x.kml, line 3: is no XML: <.kml> closes <Document> of line 2/],
    ["x.kml", "<kml>\n<!-- <a> -->\n<b c='>'/>", /x.kml, line 1: is no XML: <kml> is never closed/],
    ["x.dwg", "", /x.dwg is not read here/],
  ])("that is bad is told: %s", async (name, text, told) => {
    await expect(readLayer(file(name, text))).rejects.toThrow(told);
  });
  it("tells line and column where the browser tells a position", () => {
    expect(jsonPlace("ab\ncd\nef", "Unexpected token at position 7")).toBe("line 3, column 2");
    expect(jsonPlace("", "Expected , at line 2 column 9 of the JSON data")).toBe("line 2, column 9");
  });
});

describe("a GeoPackage", () => {
  it("names its columns as they were made", () => {
    const sql = `CREATE TABLE "a (b)" ("fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "geom" POINT, "na,me"
      TEXT(20) DEFAULT 'x, y', UNIQUE (fid), plain MEDIUMINT)`;
    const columns = columnsOf(sql.replace('"a (b)" ', ""));
    expect(columns.map((c) => c.name)).toEqual(["fid", "geom", "na,me", "plain"]);
    expect(columns[0]?.isRow).toBe(true);
  });
  it("holds geometries of any dimension and byte order", () => {
    const bytes = (hex: string) => new Uint8Array(hex.match(/../g)!.map((h) => Number.parseInt(h, 16)));
    expect(fromWkb(bytes("000000000140260000000000004050000000000000"))).toEqual({
      type: "Point",
      coordinates: [11, 64],
    });
    const z = bytes("00000003e94026000000000000405000000000000040f0000000000000");
    expect(fromWkb(z)).toEqual({ type: "Point", coordinates: [11, 64] });
    expect(() => fromWkb(bytes("0000000001402600"))).toThrow(RangeError);
  });
});

describe("layers", () => {
  it("of the server come when they are first shown", async () => {
    const fetched = vi.fn(async (path: string) => {
      const listed = {
        layers: [{ id: "patrols", name: "patrols", visibility: "navy", features: 1, problems: [] }],
      };
      const whole = JSON.parse(collection(point("B")));
      return new Response(JSON.stringify(path === "/api/layers" ? listed : whole));
    });
    vi.stubGlobal("fetch", fetched);
    const store = roomWith();
    await loadLayers(store);
    expect(store.layers.value[0]).toMatchObject({ id: "patrols", shown: false });
    expect(othersFeatures(store.layers.value).features).toEqual([]);
    await toggleLayer(store, "patrols");
    expect(othersFeatures(store.layers.value).features[0]?.properties).toEqual({ name: "B", tone: 0 });
    await toggleLayer(store, "patrols");
    await toggleLayer(store, "patrols");
    expect(fetched).toHaveBeenCalledTimes(2);
  });
  it("are listed with whose they are, and a dropped one is taken away", async () => {
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ layers: [] })));
    const store = roomWith();
    const bad = await takeFiles(store, [
      file("marks.geojson", collection(point("A"))),
      file("bad.json", "{"),
    ]);
    expect(bad).toHaveLength(1);
    const place = draw(<LayersForm store={store} onDone={() => undefined} />);
    await settle();
    expect(said(place)).toContain("marks in this browser only");
    const away = [...place.querySelectorAll("button")].find((b) => said(b).startsWith("take away"))!;
    act(() => away.click());
    expect(store.layers.value).toEqual([]);
  });
});
