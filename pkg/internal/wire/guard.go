package wire

// On Linux var starts a plugin's program twice: first as a guard in a session of its own, which
// starts the plugin proper and outlives it. Standard input of both is a pipe that only var holds
// open, so both see var's end, however it came.
const (
	// GuardEnv, when set, makes the program the guard. Its value is the directory of the plugin's
	// socket, which the guard removes at the end.
	GuardEnv = "VAR_PLUGIN_GUARD"
	// GuardedEnv, when set, tells the plugin proper that its standard input is the pipe.
	GuardedEnv = "VAR_PLUGIN_GUARDED"
)
