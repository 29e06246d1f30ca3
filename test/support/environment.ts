// What a test starts gets the environment of a person at a terminal: Vitest's NODE_ENV=test is not theirs.
delete process.env.NODE_ENV;
