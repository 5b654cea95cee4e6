export default {
  entry: "./src/main.js",
  output: { path: `${import.meta.dirname}/public`, publicPath: "/" },
};
