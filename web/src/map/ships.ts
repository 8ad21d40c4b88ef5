/** All ships in one WebGL point layer; picking draws their numbers into a few hidden pixels and reads them back. */

import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibre } from "maplibre-gl";
import type { ShipColumns } from "../model/answers";
import { rgb, type Tokens } from "../ui/tokens";
import { ANCHOR, pack, STRIDE } from "./pack";
import { FRAGMENT, program, VERTEX } from "./shaders";

const REACH = 9; // CSS pixels searched around the pointer, odd

export interface ShipLayer extends CustomLayerInterface {
  set(ships: ShipColumns, tokens: Tokens, selected: number): void;
  /** Row of the ship drawn at a CSS pixel of the canvas, or the nearest within reach; -1 none. */
  pick(x: number, y: number): number;
}

interface Resources {
  gl: WebGL2RenderingContext;
  program: WebGLProgram;
  buffer: WebGLBuffer;
  vao: WebGLVertexArrayObject;
  frame: WebGLFramebuffer;
  side: number;
  uniforms: Record<string, WebGLUniformLocation | null>;
}

/** Matrix times a shift, in doubles: float32 then holds to a tenth of a metre near the anchor. */
export function shifted(m: ArrayLike<number>, [x, y]: readonly [number, number]): Float32Array {
  const out = new Float32Array(16);
  for (let i = 0; i < 16; i++) out[i] = m[i]!;
  for (let r = 0; r < 4; r++) out[12 + r] = m[r]! * x + m[4 + r]! * y + m[12 + r]!;
  return out;
}

export function createShipLayer(): ShipLayer {
  let map: MapLibre | null = null;
  let made: Resources | null = null;
  let matrix: Float32Array | null = null;
  let pending: { data: ArrayBuffer; n: number } | null = null;
  let count = 0;
  let tokens: Tokens | null = null;

  function attributes(gl: WebGL2RenderingContext, p: WebGLProgram): void {
    const point = (name: string, size: number, type: number, scaled: boolean, offset: number) => {
      const at = gl.getAttribLocation(p, name);
      if (at < 0) return;
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, type, scaled, STRIDE, offset);
    };
    point("a_pos", 2, gl.FLOAT, false, 0);
    point("a_dir", 1, gl.FLOAT, false, 8);
    point("a_size", 1, gl.FLOAT, false, 12);
    point("a_colour", 4, gl.UNSIGNED_BYTE, true, 16);
    point("a_id", 4, gl.UNSIGNED_BYTE, true, 20);
    point("a_marks", 1, gl.FLOAT, false, 24);
  }

  function draw({ gl, program: p, vao, uniforms }: Resources, picking: boolean): void {
    const ratio = gl.drawingBufferWidth / Math.max(1, (gl.canvas as HTMLCanvasElement).clientWidth);
    const zoom = map?.getZoom() ?? 6;
    gl.useProgram(p);
    gl.bindVertexArray(vao);
    gl.uniformMatrix4fv(uniforms.u_matrix!, false, matrix!);
    gl.uniform1f(uniforms.u_ratio!, ratio);
    gl.uniform1f(uniforms.u_scale!, Math.min(1.3, Math.max(0.65, 0.65 + (zoom - 4) * 0.09)));
    gl.uniform1i(uniforms.u_pick!, picking ? 1 : 0);
    gl.uniform3fv(uniforms.u_edge!, rgb(tokens!.shipEdge));
    gl.uniform3fv(uniforms.u_accent!, rgb(tokens!.accent));
    gl.uniform3fv(uniforms.u_simulated!, rgb(tokens!.simulated));
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    gl.drawArrays(gl.POINTS, 0, count);
    gl.bindVertexArray(null);
  }

  function pickFrame(r: Resources, side: number): void {
    if (r.side === side) return;
    const { gl } = r;
    const texture = gl.createTexture();
    const before = gl.getParameter(gl.TEXTURE_BINDING_2D);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, side, side);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    gl.bindTexture(gl.TEXTURE_2D, before);
    r.side = side;
  }

  return {
    id: "ships",
    type: "custom",
    renderingMode: "2d",
    onAdd(owner: MapLibre, gl: WebGL2RenderingContext) {
      map = owner;
      const p = program(gl, VERTEX, FRAGMENT);
      const names = ["u_matrix", "u_ratio", "u_scale", "u_pick", "u_edge", "u_accent", "u_simulated"];
      made = {
        gl,
        program: p,
        buffer: gl.createBuffer(),
        vao: gl.createVertexArray(),
        frame: gl.createFramebuffer(),
        side: 0,
        uniforms: Object.fromEntries(names.map((name) => [name, gl.getUniformLocation(p, name)])),
      };
      gl.bindVertexArray(made.vao);
      gl.bindBuffer(gl.ARRAY_BUFFER, made.buffer);
      attributes(gl, p);
      gl.bindVertexArray(null);
    },
    onRemove() {
      made = null;
    },
    set(ships, colours, selected) {
      tokens = colours;
      pending = { data: pack(ships, colours, selected), n: ships.n };
      map?.triggerRepaint();
    },
    render(gl: WebGL2RenderingContext, input: CustomRenderMethodInput) {
      if (!made || !tokens) return;
      matrix = shifted(input.defaultProjectionData.mainMatrix as ArrayLike<number>, ANCHOR);
      if (pending) {
        gl.bindVertexArray(null);
        gl.bindBuffer(gl.ARRAY_BUFFER, made.buffer);
        gl.bufferData(gl.ARRAY_BUFFER, pending.data, gl.DYNAMIC_DRAW);
        count = pending.n;
        pending = null;
      }
      if (count) draw(made, false);
    },
    pick(x, y) {
      if (!made || !matrix || !count || !tokens) return -1;
      const { gl, frame } = made;
      const was = {
        frame: gl.getParameter(gl.FRAMEBUFFER_BINDING),
        program: gl.getParameter(gl.CURRENT_PROGRAM),
        vao: gl.getParameter(gl.VERTEX_ARRAY_BINDING),
        view: gl.getParameter(gl.VIEWPORT) as Int32Array,
        clear: gl.getParameter(gl.COLOR_CLEAR_VALUE) as Float32Array,
        mask: gl.getParameter(gl.COLOR_WRITEMASK) as boolean[],
        on: [gl.BLEND, gl.DEPTH_TEST, gl.STENCIL_TEST, gl.SCISSOR_TEST, gl.CULL_FACE].map(
          (what) => [what, gl.isEnabled(what)] as const,
        ),
      };
      const canvas = gl.canvas as HTMLCanvasElement;
      const ratio = gl.drawingBufferWidth / Math.max(1, canvas.clientWidth);
      const side = Math.round(REACH * ratio) | 1;
      const half = (side - 1) / 2;
      const px = Math.round(x * ratio);
      const py = gl.drawingBufferHeight - Math.round(y * ratio);
      const found = new Uint8Array(side * side * 4);
      gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
      pickFrame(made, side);
      for (const [what] of was.on) gl.disable(what);
      gl.viewport(half - px, half - py, gl.drawingBufferWidth, gl.drawingBufferHeight);
      gl.colorMask(true, true, true, true);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      draw(made, true);
      gl.readPixels(0, 0, side, side, gl.RGBA, gl.UNSIGNED_BYTE, found);
      gl.bindFramebuffer(gl.FRAMEBUFFER, was.frame);
      gl.useProgram(was.program);
      gl.bindVertexArray(was.vao);
      gl.viewport(was.view[0]!, was.view[1]!, was.view[2]!, was.view[3]!);
      gl.clearColor(was.clear[0]!, was.clear[1]!, was.clear[2]!, was.clear[3]!);
      gl.colorMask(was.mask[0]!, was.mask[1]!, was.mask[2]!, was.mask[3]!);
      for (const [what, on] of was.on) on ? gl.enable(what) : gl.disable(what);
      return nearestRow(found, side);
    },
  };
}

/** Row of the drawn pixel nearest to the middle of a square of read pixels, -1 none. */
export function nearestRow(pixels: Uint8Array, side: number): number {
  const half = (side - 1) / 2;
  let best = Number.POSITIVE_INFINITY;
  let row = -1;
  for (let i = 0; i < side * side; i++) {
    if (!pixels[i * 4 + 3]) continue;
    const off = ((i % side) - half) ** 2 + (Math.floor(i / side) - half) ** 2;
    if (off < best) {
      best = off;
      row = pixels[i * 4]! + pixels[i * 4 + 1]! * 256 + pixels[i * 4 + 2]! * 65536 - 1;
    }
  }
  return row;
}
