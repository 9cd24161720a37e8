package main

const journalTests = "./pkg/journal"

var journalMutants = []mutant{
	{"pkg/journal/sum.go", `if a.found != want {`, `if a.found.sum < 0 {`, journalTests, "rows that vanished are not missed"},
	{"pkg/journal/sum.go", `if stored != sum(table, columns...) {`, `if len(columns) == 0 {`, journalTests, "a row that changed by itself is believed"},
	{"pkg/journal/holdings.go", `cmp.Or(r.audit.whole(ctx, tx), r.elements.compare(ctx, tx))`, `r.audit.whole(ctx, tx)`, journalTests, "holders are counted by elements that nobody checked"},
	{"pkg/journal/journal.go", `j.mark.behind(w.commits - 1); n > 0`, `j.mark.behind(w.commits - 1); n < 0`, journalTests, "a journal without its log is believed"},
	{"pkg/journal/mark.go", `info.Size() == 0 && m.last > 0`, `info.Size() < 0`, journalTests, "an emptied journal is a new one"},
	{"pkg/journal/damage.go", `exclusive(m.users); err != nil {`, `exclusive(m.users); err != nil && m.last < 0 {`, journalTests, "a file is set aside under the hands of another process"},
	{"pkg/journal/look.go", `live || !bytes.Equal(image, again)`, `live && len(again) < 0`, journalTests, "a look believes what a writer was changing"},
	{"pkg/journal/settle.go", `if !found || row.settled != "" {`, `if !found {`, journalTests, "an intent is settled twice"},
	{"pkg/journal/intents.go", `return j.leases.fence(w, blockersOf(intents))`, `return w.err`, journalTests, "who lost a lease begins all the same"},
	{"pkg/journal/stops.go", `if puts {`, `if puts && blocks {`, journalTests, "panic refuses blocks alone"},
	{"pkg/journal/stops.go", `i.Action == entity.ActionBlock && i.Receipt.Empty()`, `i.Action == entity.ActionBlock`, journalTests, "a pause ends what is in force in part"},
	{"pkg/journal/lease_rows.go", `where name = $1 and until <= `, `where name = $1 and 0 < `, journalTests, "a lease is taken from a holder who lives"},
	{"pkg/journal/lease_rows.go", `where name = $1 and fence = $2 and until > 0`, `where name = $1 and fence > $2 - 1`, journalTests, "a lost lease is renewed under its new holder"},
	{"pkg/journal/lease_rows.go", `set until = 0 where name = $1 and fence = $2`, `set until = 0 where name = $1 and fence >= $2`, journalTests, "who lost a lease gives back another's"},
	{"pkg/journal/lease_files.go", `err = within(ctx, 0, exclusive, f)`, `err = within(ctx, 0, shared, f)`, journalTests, "two hold the lock of one lease"},
	{"pkg/journal/placed.go", `return slices.Contains(s.Intent.Receipt.Elements, e)`, `return false`, journalTests, "what tags told of counts as put there by us"},
	{"pkg/journal/tell.go", `l.action == e.Action && l.outcome == e.Outcome && l.data == data`, `l.action == e.Action && l.data == data`, journalTests, "a failure is counted with what went well"},
	{"pkg/journal/tell.go", `return e.By == (entity.By{}) &&`, `return`, journalTests, "a person's second word is counted away"},
	{"pkg/journal/restore.go", `case len(held) > 0 && !r.Replace:`, `case len(held) < 0:`, journalTests, "a restore replaces what holds something without being told to"},
	{"pkg/journal/restore.go", `if stop != nil {`, `if stop != nil && by.Who == "" {`, journalTests, "a restore ends a panic"},
}
