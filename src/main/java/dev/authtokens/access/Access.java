package dev.authtokens.access;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Who may call an endpoint. An endpoint without it is refused to everybody. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Access {

    Who value();

    enum Who {
        /** Everybody; an Authorization header is ignored. */
        ANYONE,
        /** Any account with a valid token, including programs. */
        BEARER,
        /** Users and administrators with a valid token. */
        SIGNED_IN,
        /** Programs with the role {@code service}, and administrators, by token or HTTP Basic. */
        INTROSPECTOR,
        /** Administrators with a valid token. */
        ADMIN;

        public boolean includes(Role role) {
            return switch (this) {
                case ANYONE, BEARER -> true;
                case SIGNED_IN -> role != Role.SERVICE;
                case INTROSPECTOR -> role != Role.USER;
                case ADMIN -> role == Role.ADMIN;
            };
        }
    }
}
