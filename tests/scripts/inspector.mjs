/** `node --experimental-websocket inspector.mjs PORT FILE LINE COLUMN`: sets a breakpoint like an editor, prints the first stop. */
const [port, file, line, column] = process.argv.slice(2);

const targets = await fetch(`http://127.0.0.1:${port}/json/list`);
const [target] = /** @type {Array<{ webSocketDebuggerUrl: string }>} */ (await targets.json());
const socket = new WebSocket(target.webSocketDebuggerUrl);
let sent = 0;

/**
 * @param {string} method of the Chrome DevTools Protocol
 * @param {object} [params]
 */
const ask = (method, params = {}) =>
  new Promise((resolve) => {
    const id = ++sent;
    const onMessage = (/** @type {{ data: string }} */ { data }) => {
      const message = JSON.parse(data);
      if (message.id !== id) return;
      socket.removeEventListener("message", onMessage);
      resolve(message.result);
    };
    socket.addEventListener("message", onMessage);
    socket.send(JSON.stringify({ id, method, params }));
  });

await new Promise((resolve) => socket.addEventListener("open", resolve));
const paused = new Promise((resolve) => {
  socket.addEventListener("message", (/** @type {{ data: string }} */ { data }) => {
    const { method, params } = JSON.parse(data);
    if (method === "Debugger.paused") resolve(params.callFrames[0]);
  });
});
await ask("Debugger.enable");
const place = { lineNumber: Number(line) - 1, columnNumber: Number(column) - 1 };
await ask("Debugger.setBreakpointByUrl", { urlRegex: `/${file}$`, ...place });
process.stdout.write("breakpoint set\n");

const frame = await paused;
const { result } = await ask("Debugger.evaluateOnCallFrame", {
  callFrameId: frame.callFrameId,
  expression: "JSON.stringify([x, y])",
});
const { functionName, location } = frame;
process.stdout.write(`stopped in ${functionName} at line ${location.lineNumber + 1} with ${result.value}\n`);
await ask("Debugger.resume");
socket.close();
