package diagnosis

// CrossgateConfig is the policy that the code for Crossgate writes down.
var CrossgateConfig = crossgateConfig
