package logs

import "time"

// Patient is a file whose lock is waited for however busy the machine is.
func (f *File) Patient() *File {
	f.wait = time.Hour
	return f
}
