package blocker

import "github.com/var-project/var/pkg/schema"

// FieldError is a mistake that a settings struct finds in itself. The host shows it with file and line.
type FieldError = schema.FieldError

// Validator is a settings struct that checks what its tags cannot say.
type Validator = schema.Validator
