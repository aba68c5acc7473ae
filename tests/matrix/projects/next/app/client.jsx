"use client";
// A client component; it is rendered on the server too, where its imports must do no harm.
import { useEffect } from "react";
import { run } from "../run.js";

let started = false;

export function Client({ config }) {
  useEffect(() => {
    if (started) return;
    started = true;
    run(config).then((page) => {
      const server = JSON.parse(document.getElementById("server").textContent);
      Object.assign(globalThis, { results: { page, server } });
    });
  }, [config]);
  return <p>{typeof run}</p>;
}
