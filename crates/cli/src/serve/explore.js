// The page to drop a file on. The file goes to `tarn` on this machine, and nowhere else.
const told = document.querySelector("#told");
const zone = document.querySelector("#drop");

const open = async (query, body) => {
  told.textContent = `Looking at ${body?.name ?? query.get("url")} …`;
  try {
    const answer = await fetch(`/tarn-serve/data?${query}`, { method: "POST", body, headers: { "X-Tarn-Explore": "1" } });
    if (answer.ok) location.assign("/");
    else told.textContent = await answer.text();
  } catch {
    told.textContent = "tarn does not answer: is it still running?";
  }
};
const openFile = (file) => file && open(new URLSearchParams({ name: file.name }), file);

document.querySelector("#file").addEventListener("change", ({ target }) => openFile(target.files[0]));
document.querySelector("#address").addEventListener("submit", (event) => {
  event.preventDefault();
  open(new URLSearchParams({ url: document.querySelector("#url").value }));
});
addEventListener("dragover", (event) => {
  event.preventDefault();
  zone.classList.add("over");
});
addEventListener("dragleave", () => zone.classList.remove("over"));
addEventListener("drop", (event) => {
  event.preventDefault();
  zone.classList.remove("over");
  openFile(event.dataTransfer.files[0]);
});
