// We take the native builds of anvil, forge and cast without their npm launchers: npm blocks the launchers' install
// scripts, and a launcher is a second process that a kill leaves behind. node_modules/.bin gets links to the binaries.
import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch];

for (const tool of ['anvil', 'forge', 'cast']) {
  const binary = join(modules, '@foundry-rs', `${tool}-${process.platform}-${arch}`, 'bin', tool);
  if (!existsSync(binary)) {
    console.error(`${tool} has no build for ${process.platform} ${process.arch}: use Linux or macOS on x64 or arm64, and run npm ci again.`);
    process.exit(1);
  }
  const link = join(modules, '.bin', tool);
  rmSync(link, { force: true });
  chmodSync(binary, 0o755);
  symlinkSync(relative(join(modules, '.bin'), binary), link);
}
