// Bundling: the author's file with everything it imports, and what a workflow has at run time, as one module.

import { stat } from "node:fs/promises";
import { builtinModules } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";

import { byPlace, moved } from "./arrays.js";
import { withoutPromise } from "./awaiting.js";
import { BuildError } from "./error.js";
import { positionsOf } from "./source-map.js";

const RUNTIME = fileURLToPath(new URL("../runtime", import.meta.url));
const INDEX = fileURLToPath(new URL("../index.js", import.meta.url));
const POLYFILLS = ["url", "text-encoding", "structured-clone"];
const POLYFILL = "usher:polyfill/";
/** The contract's imports: the engine has modules for them. */
const CONTRACT = "usher:provisioning/*";
/** The runtime comes first: what it takes away is gone when the author's module loads. */
const ENTRY = `
import { serve } from "usher:runtime";
import workflow from "usher:workflow";
serve(workflow);
`;

/** @type {esbuild.BuildOptions} */
const OPTIONS = {
  bundle: true,
  charset: "utf8",
  define: { "process.env.NODE_ENV": '"production"' },
  format: "esm",
  logLevel: "silent",
  mainFields: ["module", "main"],
  conditions: ["import", "module", "default"],
  platform: "neutral",
  target: "es2023",
  write: false,
};

/**
 * @typedef {object} Bundle
 * @property {string} code
 * @property {import("../runtime/positions.js").Positions} positions
 * @property {string[]} files
 */

/**
 * @param {string} file The author's, absolute.
 * @returns {Promise<Bundle>}
 * @throws {BuildError}
 */
export async function bundle(file) {
  const known = await stat(file).catch(() => undefined);
  if (!known?.isFile())
    throw new BuildError([{ text: "there is no such file; expected a workflow in TypeScript or JavaScript", file }]);
  const built = await esbuild
    .build({
      ...OPTIONS,
      stdin: { contents: ENTRY },
      external: [CONTRACT],
      // Each is there only for those who use what it exports.
      inject: POLYFILLS.map((name) => POLYFILL + name),
      metafile: true,
      minifySyntax: true,
      minifyWhitespace: true,
      outdir: "/",
      plugins: [author(file), absent(), ours()],
      sourcemap: "external",
      sourcesContent: false,
      tsconfigRaw: "{}",
    })
    .catch((failure) => {
      throw new BuildError(failure.errors.map(problem));
    });
  const text = (/** @type {string} */ ending) =>
    built.outputFiles?.find((output) => output.path.endsWith(ending))?.text ?? "";
  const files = Object.keys(built.metafile.inputs).filter((input) => !/[:<]/.test(input));
  const asWritten = withoutPromise(text(".js"));
  const { code, edits } = byPlace(asWritten);
  return {
    code,
    positions: moved(positionsOf(JSON.parse(text(".js.map")), isAuthors), asWritten, edits),
    files: files.map((input) => path.resolve(input)),
  };
}

/** @param {string} source */
const isAuthors = (source) => !source.includes(":") && !path.resolve("/", source).startsWith(RUNTIME);

/**
 * Lets the runtime find the author's file, and looks for its default export.
 *
 * @param {string} file
 * @returns {esbuild.Plugin}
 */
function author(file) {
  return {
    name: "author",
    setup(build) {
      build.onResolve({ filter: /^usher:workflow$/ }, () => ({ path: file }));
      build.onResolve({ filter: /^usher-workflow$/ }, () => ({ path: INDEX, sideEffects: false }));
      build.onEnd((result) => {
        for (const error of result.errors) {
          if (error.text.startsWith("No matching export in") && error.text.includes('import "default"')) {
            error.text = "there is no default export; a workflow is one: `export default workflow`";
            error.location = {
              ...error.location,
              file,
              line: 1,
              column: 0,
              length: 0,
              lineText: "",
              namespace: "file",
              suggestion: "",
            };
          }
        }
      });
    },
  };
}

/**
 * Says why an import leads nowhere, where the author wrote it.
 *
 * @returns {esbuild.Plugin}
 */
function absent() {
  const builtin = new RegExp(`^(node:.*|(${builtinModules.filter((name) => !name.startsWith("_")).join("|")})(/.*)?)$`);
  return {
    name: "absent",
    setup(build) {
      build.onResolve({ filter: builtin }, async ({ path: name, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === absent) return undefined;
        // A package of the same name, such as `url` or `events`, is as good as any other.
        const found = name.startsWith("node:")
          ? undefined
          : await build.resolve(name, { importer, resolveDir, kind, pluginData: absent });
        if (found && found.errors.length === 0) return found;
        return {
          errors: [
            {
              text: `\`${name}\` is a part of Node, and a workflow does not run on Node: it has no files, network or processes`,
            },
          ],
        };
      });
      build.onResolve({ filter: /\.node$/ }, ({ path: name }) => ({
        errors: [
          {
            text: `\`${name}\` is native code, which cannot run in the sandbox; use a package that is pure JavaScript`,
          },
        ],
      }));
    },
  };
}

/**
 * The runtime, and what the engine lacks: each is made by itself, as small as it gets, and without what is injected
 * into the author's code.
 *
 * @returns {esbuild.Plugin}
 */
function ours() {
  /** @param {string} entry @param {boolean} sideEffects */
  const made = (entry, sideEffects) => ({ path: path.join(RUNTIME, entry), namespace: "usher", sideEffects });
  return {
    name: "ours",
    setup(build) {
      build.onResolve({ filter: /^usher:runtime$/ }, () => made("entry.js", true));
      build.onResolve({ filter: /^usher:polyfill\// }, ({ path: name }) =>
        made(`polyfills/${name.slice(POLYFILL.length)}.js`, false),
      );
      build.onLoad({ filter: /.*/, namespace: "usher" }, async ({ path: entry }) => {
        const { outputFiles } = await esbuild.build({
          ...OPTIONS,
          entryPoints: [entry],
          external: [CONTRACT],
          minify: true,
        });
        return { contents: outputFiles?.[0]?.text ?? "", loader: "js", resolveDir: RUNTIME };
      });
    },
  };
}

/**
 * @param {esbuild.Message} message
 * @returns {import("./error.js").Problem}
 */
function problem({ text, location }) {
  if (!location) return { text };
  return { text, file: path.resolve(location.file), line: location.line, column: location.column + 1 };
}
