package dev.authtokens.access;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says who may call an endpoint. An endpoint without it is refused to everybody. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Access {

    Who value();

    enum Who {
        /** Everybody; an Authorization header is not even looked at. */
        ANYONE,
        /** Whoever has a good token, programs too. */
        BEARER,
        /** People with a good token: users and administrators. */
        SIGNED_IN,
        /** Whoever may ask about the tokens of others: programs with the role for it, and administrators. */
        INTROSPECTOR,
        /** Administrators with a good token. */
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
