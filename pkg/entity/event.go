package entity

import "time"

// Event is one line of history: what was done, or decided, when, and how it ended.
type Event struct {
	ID int64
	// At is when it happened first, Last when it happened last in the same way, Times how often.
	At, Last time.Time
	Times    int
	// Action is an Action of a plan, or what a person or a gate did: "panic", "pause", "resume", "order",
	// "gate", "force", "apply", "forget".
	Action string
	// Outcome is "done", "in part", "pending", "failed", "unknown" or "unsupported"; empty where nothing could fail.
	Outcome string
	// Ref is the target; zero for what concerns none. Name is its name then.
	Ref      Ref
	Name     string
	Blocker  string
	Elements []string
	// Reasons are the rules; Problem is what the devices said.
	Reasons []string
	Problem string
	// By is the person behind it; zero: nobody.
	By By
}
