// Read before a program on Node starts: the names in the file LOOPBACK_NAMES mean loopback addresses.

const dns = require("node:dns");
const { readFileSync } = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");

const { lookup } = dns;
const promised = dns.promises.lookup;
const answer = (address, options) => options?.all ? [{ address, family: 4 }] : { address, family: 4 };

function meant(host) {
  const lines = readFileSync(process.env.LOOPBACK_NAMES, "utf8").split("\n");
  return lines.find((line) => line.startsWith(`${host}=`))?.split("=")[1];
}

dns.lookup = (host, options, callback = options) => {
  const address = meant(host);
  if (address === undefined) return lookup(host, options, callback);
  process.nextTick(() => options?.all ? callback(null, answer(address, options))
    : callback(null, address, 4));
};
dns.promises.lookup = async (host, options) => {
  const address = meant(host);
  return address === undefined ? await promised(host, options) : answer(address, options);
};
syncBuiltinESMExports();
