package blocker

// The powers that a blocker may announce besides the two methods of the contract.
const (
	PowerBatch    = "batch"
	PowerElements = "elements"
	PowerList     = "list"
	PowerProbe    = "probe"
	PowerEnroll   = "enroll"
)

// powers finds out which interfaces b, the author's own value, implements.
func powers(b any) []string {
	var all []string
	add := func(power string, has bool) {
		if has {
			all = append(all, power)
		}
	}
	_, has := b.(Batcher)
	add(PowerBatch, has)
	_, has = b.(Elementer)
	add(PowerElements, has)
	_, has = b.(Lister)
	add(PowerList, has)
	_, has = b.(Prober)
	add(PowerProbe, has)
	_, has = b.(Enroller)
	add(PowerEnroll, has)
	return all
}
