// Starts `cairn lsp` and hands it to the editor; all that it knows, the server knows.
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

/** @type {LanguageClient | undefined} */
let client;

async function start() {
  const command = vscode.workspace.getConfiguration("cairn").get("path", "cairn");
  client = new LanguageClient(
    "cairn",
    "Cairn",
    { command, args: ["lsp"] },
    { documentSelector: [{ language: "cairn" }] },
  );
  try {
    await client.start();
  } catch (error) {
    vscode.window.showErrorMessage(
      `cannot start \`${command} lsp\`: ${error.message}; say where the program is with the setting \`cairn.path\``,
    );
  }
}

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("cairn.path")) {
        await exports.deactivate();
        await start();
      }
    }),
  );
  await start();
};

exports.deactivate = async () => {
  const running = client;
  client = undefined;
  if (running?.needsStop()) {
    await running.stop();
  }
};
