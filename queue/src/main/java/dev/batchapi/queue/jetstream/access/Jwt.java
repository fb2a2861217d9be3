package dev.batchapi.queue.jetstream.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nats.client.NKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Signs the claims that a NATS server believes. jnats can issue ordinary users only; accounts, and
 * users of a scoped signing key (which must not carry any limit of their own), are written here.
 */
final class Jwt {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final String HEADER =
      BASE64.encodeToString("{\"typ\":\"JWT\",\"alg\":\"ed25519-nkey\"}".getBytes(UTF_8));

  /**
   * Whom the claims are about.
   *
   * @param key public key
   * @param expires null: never
   */
  record Subject(String key, String name, Instant issued, @Nullable Instant expires) {}

  private Jwt() {}

  static String sign(NKey issuer, Subject subject, ObjectNode nats) {
    var claims = JSON.createObjectNode();
    claims.put("iat", subject.issued.getEpochSecond());
    if (subject.expires != null) {
      claims.put("exp", subject.expires.getEpochSecond());
    }
    claims.put("iss", publicKey(issuer)).put("sub", subject.key).put("name", subject.name);
    claims.set("nats", nats.put("version", 2));
    try {
      claims.put("jti", HexFormat.of().formatHex(sha256(JSON.writeValueAsBytes(claims))));
      var body = HEADER + '.' + BASE64.encodeToString(JSON.writeValueAsBytes(claims));
      return body + '.' + BASE64.encodeToString(issuer.sign(body.getBytes(UTF_8)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("These claims can't be written as JSON.", e);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("This Java can't sign with Ed25519.", e);
    }
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  static String publicKey(NKey key) {
    try {
      return new String(key.getPublicKey());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("This Java can't handle Ed25519 keys.", e);
    }
  }
}
