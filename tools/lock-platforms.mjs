// A registry need not carry the builds for platforms other than its own, and npm then leaves them out of the lock,
// which `npm ci` refuses everywhere. So each is locked by version here, and by hash where npm could see it.
import { readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json'));
const { optionalDependencies } = JSON.parse(readFileSync('package.json'));
for (const [name, version] of Object.entries(optionalDependencies)) {
  const [, os, arch] = name.match(/-(\w+)-(\w+)$/);
  lock.packages[`node_modules/${name}`] ??= { version, cpu: [arch === 'amd64' ? 'x64' : arch], optional: true, os: [os] };
}
lock.packages[''].optionalDependencies = optionalDependencies;
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
