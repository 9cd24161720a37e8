package measure

// RunSeen is Run that tells of each look at the memory of a program.
var RunSeen = run
