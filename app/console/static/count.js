// A recap of a long history that was not counted today is counted while it is looked at.
import "./console.js";

document.querySelector("form[data-at-once]")?.requestSubmit();
