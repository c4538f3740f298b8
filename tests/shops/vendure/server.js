// A Vendure shop on the loopback: node server.js PORT FOLDER. Says READY when it answers, and ends with its standard input.
const path = require("path");
const { createTestEnvironment, registerInitializer, SqljsInitializer, testConfig } = require("@vendure/testing");
const { DefaultLogger, LanguageCode, LogLevel, mergeConfig } = require("@vendure/core");

const [port, folder] = process.argv.slice(2);
registerInitializer("sqljs", new SqljsInitializer(folder));
const config = mergeConfig(testConfig, {
  apiOptions: { port: Number(port), hostname: "127.0.0.1" },
  dbConnectionOptions: { type: "sqljs", database: new Uint8Array([]), location: "", autoSave: true },
  logger: new DefaultLogger({ level: LogLevel.Error }),
});
const initialData = {
  defaultLanguage: LanguageCode.en,
  defaultZone: "Europe",
  taxRates: [{ name: "Standard Tax", percentage: 20 }],
  shippingMethods: [{ name: "Standard Shipping", price: 500 }],
  paymentMethods: [],
  countries: [{ name: "Austria", code: "AT", zone: "Europe" }],
  collections: [],
};
process.stdin.on("end", () => process.exit(0)).resume();
createTestEnvironment(config)
  .server.init({ initialData, productsCsvPath: path.join(__dirname, "products.csv"), customerCount: 0 })
  .then(() => console.log("READY"))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
