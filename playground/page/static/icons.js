// The drawings on the page's buttons, as paths on a field of 20 by 20.

const dot = (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;

const PATHS = {
  back: "M12.5 4.5 7 10l5.5 5.5",
  clock: `${dot(10, 10, 7)}M10 6v4l2.8 1.8`,
  close: "m5 5 10 10M15 5 5 15",
  code: "M6.5 6l-4 4 4 4M13.5 6l4 4-4 4",
  down: "m5.5 8 4.5 4.5L14.5 8",
  eye: `M2 10c2-3.5 4.7-5.2 8-5.200s6 1.7 8 5.200c-2 3.5-4.7 5.2-8 5.200S4 13.5 2 10z${dot(10, 10, 2.4)}`,
  gears: `M3 5.500h6M13 5.500h4M3 14.500h3M10 14.500h7${dot(11, 5.5, 2)}${dot(8, 14.5, 2)}`,
  hash: "M8 3.5 6.5 16.500M13.5 3.5 12 16.500M3.5 7.500h13.500M3 12.500h13.5",
  home: "m3 9.5 7-6 7 6M5 8.500V16h10V8.5",
  menu: "M3 5.500h14M3 10h14M3 14.500h14",
  minus: "M5 10h10",
  moon: "M16.5 11.800A7 7 0 0 1 8.2 3.500a7 7 0 1 0 8.3 8.300z",
  partner: "M7 3.500h6v13H7zM3 8.500h4M13 8.500h4v8h-4M3 8.500v8h4",
  plus: "M10 5v10M5 10h10",
  restart: "M16 10a6 6 0 1 1-1.9-4.400M16.3 2.800v3.400h-3.4",
  send: "M3.2 3.6 17 10 3.2 16.4 4.9 10.6 11 10 4.9 9.400z",
  sun: `${dot(10, 10, 3.5)}M10 2v1.500M10 16.500V18M2 10h1.500M16.5 10H18M4.3 4.300l1.1 1.100M14.6 14.600l1.1 1.100M15.7 4.300l-1.1 1.100M5.4 14.600l-1.1 1.1`,
  ticket: "M3 6h14v2.500a1.5 1.5 0 0 0 0 3V14H3v-2.500a1.5 1.5 0 0 0 0-3z",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
