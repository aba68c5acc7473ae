// Vite's development server in front of DCS: the page calls with via: "/dcs-proxy", and signs for the real host and path.

/** @type {import("vite").UserConfig} */
export default {
  server: {
    proxy: {
      "/dcs-proxy": {
        target: "https://dcs.cn-north-4.myhuaweicloud.com",
        // Sends the target's host, which is what was signed.
        changeOrigin: true,
        rewrite: (path) => path.replace("/dcs-proxy", ""),
      },
    },
  },
};
