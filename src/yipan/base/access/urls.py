"""Addresses of this room. Views of django-allauth are named one by one: what it has and we do not need is not there."""

from __future__ import annotations

from allauth.account.views import reauthenticate as confirm_password
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as apps
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount.providers.openid_connect import views as sso
from django.urls import path

from yipan.base.access.pages import emergency, login, users

urlpatterns = [
    path("login", login.Login.as_view(), name="login"),
    path("login", login.Login.as_view(), name="account_login"),
    path("login/key", keys.login_webauthn, name="mfa_login_webauthn"),
    path("login/second", factors.authenticate, name="mfa_authenticate"),
    path("login/confirm", confirm_password, name="account_reauthenticate"),
    path("login/confirm/code", factors.reauthenticate, name="mfa_reauthenticate"),
    path("login/confirm/key", keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("login/sso/<str:provider_id>", sso.login, name="openid_connect_login"),
    path("login/sso/<str:provider_id>/answer", sso.callback, name="openid_connect_callback"),
    path("logout", login.logout, name="logout"),
    path("logout/next", login.hand_over, name="hand_over"),
    path("here", login.still_here, name="still_here"),
    path("password", login.own_password, name="password"),
    path("second-factors", factors.index, name="mfa_index"),
    path("second-factors", factors.index, name="mfa_list_webauthn"),
    path("second-factors/app", apps.activate_totp, name="mfa_activate_totp"),
    path("second-factors/app/remove", apps.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factors/key", keys.add_webauthn, name="mfa_add_webauthn"),
    path("second-factors/key/<int:pk>/remove", keys.remove_webauthn, name="mfa_remove_webauthn"),
    path("second-factors/codes", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factors/codes/new", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("users/", users.users, name="users"),
    path("users/new", users.new_user, name="user_new"),
    path("users/<int:user_id>", users.user, name="user"),
    path("users/<int:user_id>/grant", users.user_grant, name="user_grant"),
    path("users/<int:user_id>/revoke/<uuid:grant_id>", users.user_revoke, name="user_revoke"),
    path("users/<int:user_id>/password", users.user_password, name="user_password"),
    path("users/<int:user_id>/second-factors", users.user_second_factors, name="user_second_factors"),
    path("users/<int:user_id>/active", users.user_active, name="user_active"),
    path("emergencies", emergency.openings, name="emergencies"),
    path("emergencies/<uuid:opening_id>/review", emergency.review, name="emergency_review"),
]
