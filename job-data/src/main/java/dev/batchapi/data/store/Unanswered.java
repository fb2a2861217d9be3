package dev.batchapi.data.store;

import java.net.UnknownHostException;
import java.security.cert.CertificateException;

/** Why a server gave no answer. */
public final class Unanswered {
  private Unanswered() {}

  /**
   * Sorts it: a certificate that isn't trusted never will be, everything else may work later.
   *
   * @param what begins the message: what was asked for, and of whom
   * @return a {@link StoreRefusedException} or a {@link StoreUnavailableException}
   */
  public static RuntimeException of(String what, Exception e) {
    Throwable cause = e;
    for (; cause.getCause() != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return new StoreRefusedException(
            "%s: the server's certificate is not trusted here (%s). A private authority's own certificate goes into %s, or into a file that SSL_CERT_FILE names."
                .formatted(what, cause.getMessage(), Authorities.TEXT),
            e);
      }
    }
    if (cause instanceof UnknownHostException) {
      return new StoreUnavailableException(
          "%s: no server has the name %s.".formatted(what, cause.getMessage()), e);
    }
    var words = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new StoreUnavailableException("%s: no answer: %s".formatted(what, words), e);
  }
}
