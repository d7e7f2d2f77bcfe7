import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";

const VENDOR = new URL("../../static/vendor/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", VENDOR), "utf8"));

test("every vendored file is the one that was taken, and none stands there unlisted", () => {
  for (const { path, sha384 } of manifest.files) {
    const digest = createHash("sha384").update(readFileSync(new URL(path, VENDOR))).digest("base64");
    assert.equal(`sha384-${digest}`, sha384, path);
  }
  const found = readdirSync(VENDOR, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "manifest.json")
    .map((entry) => entry.name);
  assert.equal(found.length, manifest.files.length);
});
