export default {
  testEnvironment: "jsdom",
  testEnvironmentOptions: { customExportConditions: ["node"] },
  setupFiles: ["./setup.js"],
  transform: {},
};
