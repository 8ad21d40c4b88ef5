/** Shaders of the ship layer: one point sprite a ship, its shape cut out in the fragment shader. */

export const VERTEX = `#version 300 es
precision highp float;
in vec2 a_pos;      // Mercator, relative to the layer's anchor
in float a_dir;     // radians from north; below -9: no course, or not under way
in float a_size;    // length of the arrow, CSS pixels
in vec4 a_colour;   // straight alpha
in vec4 a_id;       // row + 1 in base 256
in float a_marks;   // 1 simulated, 2 selected, 4 doubted, 8 carries a tier
uniform mat4 u_matrix;
uniform float u_ratio;
uniform float u_scale;
out vec4 v_colour;
out vec4 v_id;
out float v_dir;
out float v_half;
out float v_arm;
flat out int v_marks;
void main() {
  gl_Position = u_matrix * vec4(a_pos, 0.0, 1.0);
  v_marks = int(a_marks + 0.5);
  v_arm = a_size * 0.5 * u_scale;
  v_half = v_arm + (((v_marks & 11) != 0) ? 8.0 : 2.0);
  gl_PointSize = v_half * 2.0 * u_ratio;
  v_colour = a_colour;
  v_id = a_id;
  v_dir = a_dir;
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
in vec4 v_colour;
in vec4 v_id;
in float v_dir;
in float v_half;
in float v_arm;
flat in int v_marks;
uniform float u_ratio;
uniform bool u_pick;
uniform vec3 u_edge;
uniform vec3 u_accent;
uniform vec3 u_simulated;
out vec4 colour;

float arrow(vec2 q) {
  float wide = v_arm * 0.62;
  float side = abs(q.x) - wide * (v_arm - q.y) / (2.0 * v_arm);
  float notch = (-v_arm + 0.45 * v_arm * (1.0 - abs(q.x) / wide)) - q.y;
  return max(side * 0.95, notch);
}

vec4 over(vec4 top, vec4 below) { return top + below * (1.0 - top.a); }
vec4 ink(vec3 c, float a) { return vec4(c * a, a); }

void main() {
  vec2 q = (gl_PointCoord * 2.0 - 1.0) * v_half;
  float soft = 0.7 / u_ratio;
  float d;
  if (v_dir < -9.0) {
    d = length(q) - v_arm * 0.5;
  } else {
    vec2 ahead = vec2(sin(v_dir), -cos(v_dir));
    vec2 right = vec2(cos(v_dir), sin(v_dir));
    d = arrow(vec2(dot(q, right), dot(q, ahead)));
  }
  if (u_pick) {
    if (d > 1.5) discard;
    colour = v_id;
    return;
  }
  float a = v_colour.a;
  float body = 1.0 - smoothstep(-soft, soft, d);
  float rim = (1.0 - smoothstep(-soft, soft, d - 1.0)) * (1.0 - body);
  if ((v_marks & 4) != 0) body *= mix(0.25, 1.0, smoothstep(-2.0, -1.0, d));
  vec4 drawn = over(ink(v_colour.rgb, body * a), ink(u_edge, rim * 0.9 * a));
  float r = length(q);
  float ring = v_arm + 5.0;
  if ((v_marks & 1) != 0) {
    float turn = fract(atan(q.y, q.x) / 6.2831853 * 14.0);
    float hatch = (1.0 - smoothstep(1.2, 1.2 + soft, abs(r - ring) - 0.4)) * step(turn, 0.55);
    drawn = over(ink(u_simulated, hatch), drawn);
  } else if ((v_marks & 8) != 0) {
    float line = 1.0 - smoothstep(0.75, 0.75 + soft, abs(r - ring));
    drawn = over(ink(v_colour.rgb, line * 0.9), drawn);
  }
  if ((v_marks & 2) != 0) {
    float line = 1.0 - smoothstep(1.0, 1.0 + soft, abs(r - (v_arm + 2.0)));
    drawn = over(ink(u_accent, line), drawn);
  }
  if (drawn.a < 0.01) discard;
  colour = drawn;
}`;

export function program(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const made = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) {
      throw new Error(`ship layer: ${gl.getShaderInfoLog(shader)}`);
    }
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS))
    throw new Error(`ship layer: ${gl.getProgramInfoLog(made)}`);
  return made;
}
