// Unpack the Brotli-packed Chromium of @sparticuz/chromium beside this file. The wrapper that starts it gives it
// the libraries and the font that came along, so that a machine with nothing installed can run it.
import { createReadStream, createWriteStream, writeFileSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

const parts = {
  "al2023.tar": "libraries.tar",
  "fonts.tar": "fonts.tar",
  "swiftshader.tar": "swiftshader.tar",
  chromium: "chromium-binary",
};
for (const [packed, unpacked] of Object.entries(parts)) {
  const from = `node_modules/@sparticuz/chromium/bin/${packed}.br`;
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(unpacked));
}
writeFileSync(
  "fonts.conf",
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="relative">fonts-cache</cachedir>
</fontconfig>
`,
);
writeFileSync(
  "chromium",
  `#!/bin/sh
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
export LD_LIBRARY_PATH="$here/libraries/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
[ -d /usr/share/fonts ] || export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium-binary" "$@"
`,
);
