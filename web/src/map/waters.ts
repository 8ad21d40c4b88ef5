/** Names of waters for orientation. The places are those of the lettering alone and bound nothing. */

const NAMES: [string, number, number][] = [
  ["NORTH SEA", 4.5, 56.2],
  ["SKAGERRAK", 9.2, 58.0],
  ["KATTEGAT", 11.5, 56.95],
  ["GREAT BELT", 10.95, 55.45],
  ["BELT SEA", 10.4, 54.55],
  ["BORNHOLM BASIN", 15.9, 55.35],
  ["BALTIC PROPER", 19.4, 57.1],
  ["GULF OF RIGA", 23.6, 57.6],
  ["GULF OF FINLAND", 25.2, 59.72],
  ["ÅLAND SEA", 19.2, 60.1],
  ["SEA OF BOTHNIA", 19.2, 61.8],
  ["BAY OF BOTHNIA", 22.6, 64.6],
  ["GULF OF GDAŃSK", 19.2, 54.6],
  ["NORWEGIAN SEA", 5.0, 64.8],
];

export const WATERS: GeoJSON.FeatureCollection = {
  type: "FeatureCollection",
  features: NAMES.map(([name, lon, lat]) => ({
    type: "Feature",
    properties: { name },
    geometry: { type: "Point", coordinates: [lon, lat] },
  })),
};
