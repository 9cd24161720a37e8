package notify

// Complaint is the error of a Send by which the whole batch was taken all the same: something for people to know and to
// mend, such as one of several recipients that was refused. The batch is not sent again, and the channel is not down.
type Complaint struct{ Err error }

// Error is what there is to know.
func (c *Complaint) Error() string { return c.Err.Error() }

// Unwrap is the error itself.
func (c *Complaint) Unwrap() error { return c.Err }
