//! Marks, scales, axes and theme over plotters: one drawing code for canvas and SVG.
