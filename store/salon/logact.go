package salon

// What the log calls things that are no act of the matrix: they happen within
// one, or before anybody has asked.
const (
	LogRefused Act = "refused"          // kind act: somebody tried what they may not
	LogReveal  Act = "contact.reveal"   // kind client: a masked contact was shown; detail names the field
	LogMatch   Act = "contact.match"    // kind caller: a whole number was compared; never which
	LogAsk     Act = "approval.ask"     // kind approval
	LogAnswer  Act = "approval.answer"  // kind approval: granted, declined, withdrawn
	LogAlone   Act = "approval.alone"   // kind approval: the owner of a very small salon confirmed alone
	LogMask    Act = "mask.switch"      // kind mask: on, off, fields
	LogExcept  Act = "exception.give"   // kind exception: for one person, until a day
	LogRole    Act = "role.change"      // kind role: old and new grants and fields
	LogMove    Act = "staff.role"       // kind staff: another role, a trial time
	LogJoin    Act = "staff.join"       // kind staff
	LogLeave   Act = "staff.leave"      // kind staff
	LogLogin   Act = "staff.login"      // kind staff: a login given or taken
	LogReview  Act = "permission.check" // kind review: started, decided, signed
	LogPreview Act = "mask.preview"     // kind client: somebody looked at what another person sees
)
