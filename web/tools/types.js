/**
 * Writes src/model/generated.ts from the server's JSON Schemas in src/model/schemas (`npm run types`);
 * `--check` writes nothing and fails when the file is not what they give.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";

const FOLDER = new URL("../src/model/schemas/", import.meta.url);
const TARGET = new URL("../src/model/generated.ts", import.meta.url);
const ROOTS = ["alert", "fault", "finding", "handover", "risk", "silence", "work"];

/** All definitions of all schemas under one root, so that each noun is written once. */
function gathered() {
  const defs = {};
  for (const name of readdirSync(FOLDER).sort()) {
    if (!ROOTS.includes(name.replace(".json", ""))) continue;
    const { $schema, $id, ...schema } = JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
    const { $defs = {}, $ref, ...rest } = schema;
    Object.assign(defs, $defs);
    if (!$ref && rest.title) defs[rest.title] = rest;
  }
  return defs;
}

const closed = (node) => {
  if (Array.isArray(node)) return node.map(closed);
  if (!node || typeof node !== "object") return node;
  const copy = Object.fromEntries(Object.entries(node).map(([k, v]) => [k, closed(v)]));
  if (copy.type === "object" && copy.properties) copy.additionalProperties = false;
  if (copy.prefixItems) {
    // the compiler knows tuples in the older form only
    const { prefixItems, ...rest } = copy;
    return { ...rest, items: prefixItems, minItems: prefixItems.length, maxItems: prefixItems.length };
  }
  return copy;
};

const defs = closed(gathered());
const properties = Object.fromEntries(Object.keys(defs).map((name) => [name, { $ref: `#/$defs/${name}` }]));
const text = await compile(
  { $defs: defs, type: "object", properties, additionalProperties: false },
  "Nouns",
  {
    bannerComment: "/* Written by `npm run types` from the server's JSON Schemas: do not edit. */",
    format: false,
    unreachableDefinitions: false,
  },
);
if (process.argv.includes("--check")) {
  if (readFileSync(TARGET, "utf8") !== text) {
    console.error("src/model/generated.ts is not what the schemas give: run npm run types");
    process.exit(1);
  }
} else writeFileSync(TARGET, text);
