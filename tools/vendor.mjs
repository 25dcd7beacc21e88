// Bundles each library that our pages load, once, into static/vendor: no CDN at run time and no bundler for our code.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const checkout = new URL('../', import.meta.url);
const target = new URL('webapp/huizhen_web/static/vendor/', checkout);

const LIBRARIES = {
  // Pages load these two with defer. Alpine starts once the page's own modules have had their say.
  'htmx.js': { package: 'htmx.org', code: "import htmx from 'htmx.org'; window.htmx = htmx;", format: 'iife' },
  'alpine.js': {
    package: '@alpinejs/csp',
    code: "import Alpine from '@alpinejs/csp'; window.Alpine = Alpine; document.addEventListener('DOMContentLoaded', () => Alpine.start());",
    format: 'iife',
  },
  // Our own modules import from this one: the digest of a statement is computed where its fields are shown.
  'viem.js': { package: 'viem', code: "export { hashStruct, hashTypedData, keccak256 } from 'viem';", format: 'esm' },
  // For consent links alone: a one-time key that is made, and signs, in the browser.
  'viem-accounts.js': {
    package: 'viem',
    code: "export { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';",
    format: 'esm',
  },
};

const lines = [];
for (const [file, { package: name, code, format }] of Object.entries(LIBRARIES)) {
  const { version, license } = JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, checkout)));
  await build({
    stdin: { contents: code, resolveDir: fileURLToPath(checkout) },
    outfile: fileURLToPath(new URL(file, target)),
    banner: { js: `/* ${name} ${version}, ${license} */` },
    bundle: true,
    minify: true,
    format,
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'warning',
  });
  lines.push(`| ${file} | ${name} | ${version} | ${license} |`);
}
writeFileSync(
  new URL('README.md', target),
  `Made by \`npm run vendor\` from package-lock.json; do not edit.\n\n| File | Package | Version | Licence |\n|---|---|---|---|\n${lines.join('\n')}\n`,
);
