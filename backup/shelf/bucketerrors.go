package shelf

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/minio/minio-go/v7"

	"salonkeep/store/salon"
)

func isMissing(err error) bool {
	var e minio.ErrorResponse
	return errors.As(err, &e) && (e.Code == minio.NoSuchKey || e.Code == "NotFound")
}

// refuse puts what a bucket answers into a sentence that names the target and
// the next step.
func (b *Bucket) refuse(ctx context.Context, doing string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if e := (*salon.Error)(nil); errors.As(err, &e) {
		return err
	}
	cause := fmt.Errorf("%s: %w", doing, err)
	var answer minio.ErrorResponse
	if errors.As(err, &answer) && answer.Code != "" {
		return b.answered(answer).Because(cause)
	}
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return salon.E(salon.Unreachable, "The server %s of the backup target %s shows a certificate that this computer does not trust. Check the address, and the clock of this computer.", b.where.Host, b.String()).Because(cause)
	}
	var name *net.DNSError
	if errors.As(err, &name) {
		return salon.E(salon.Unreachable, "The server %s of the backup target %s was not found. Check the internet connection and the address.", b.where.Host, b.String()).Because(cause)
	}
	return salon.E(salon.Unreachable, "The server %s of the backup target %s does not answer. Check the internet connection; Salonkeep will go on when it is back.", b.where.Host, b.String()).Because(cause)
}

func (b *Bucket) answered(answer minio.ErrorResponse) *salon.Error {
	switch answer.Code {
	case minio.NoSuchBucket:
		return salon.E(salon.Unreachable, "The server %s has no bucket of the backup target %s. Create it there, or correct the address.", b.where.Host, b.String())
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity", "InvalidToken", "ExpiredToken", "AuthorizationHeaderMalformed", "XAdminUserNotFound":
		return salon.E(salon.Unreachable, "The keys for the backup target %s are not accepted. Give new ones in a credentials file.", b.String())
	case minio.AccessDenied, "AllAccessDisabled", "AccountProblem", "UnauthorizedAccess":
		return salon.E(salon.Unreachable, "The keys for the backup target %s do not allow this. They need the rights to put, get and list.", b.String())
	case "RequestTimeTooSkewed":
		return salon.E(salon.Unreachable, "The clock of this computer differs from the one of the backup target %s. Set the clock and try again.", b.String())
	case "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientStorage", "InsufficientCapacity", "StorageFull":
		return salon.E(salon.Unreachable, "The backup target %s is full. Make room on it or use a bigger one, then start the backup again.", b.String())
	}
	if answer.StatusCode == http.StatusInsufficientStorage {
		return salon.E(salon.Unreachable, "The backup target %s is full. Make room on it or use a bigger one, then start the backup again.", b.String())
	}
	return salon.E(salon.Unreachable, "The backup target %s answered with an error. Try again later; if it stays, show the details to your technician.", b.String())
}
