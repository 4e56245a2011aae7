# language: nl
Functionaliteit: Niet meer dan nodig
  Bijlage 4 noemt per categorie personen welke gegevens mogen, en niets anders. Elke partij geeft alleen wat bij haar
  taak hoort, en elke fase vraagt niet meer dan zij nodig heeft (artikel 4, 9 en Bijlage 4).

  Regel: Over de betrokkene gaan alleen gegevens die Bijlage 4 noemt (B4-1)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering en de burgemeester nemen deel aan het overleg

    @regel-B4-1 @toegestaan
    Scenario: De personalia van de betrokkene staan in Bijlage 4
      Als de reclassering de personalia van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-B4-1 @geweigerd
    Scenario: Verzoeken om inzage van de betrokkene staan er niet in
      Als de reclassering de verzoeken om inzage van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel B4-1, 4.2 en 9.3
      En leest de afzender: Bijlage 4 noemt deze gegevens niet voor deze categorie personen. Laat ze weg.

  Regel: Over iemand uit de omgeving gaan minder gegevens (B4-2)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering en de burgemeester nemen deel aan het overleg

    @regel-B4-2 @toegestaan
    Scenario: De personalia van de broer mogen mee
      Als de reclassering de personalia van de broer geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-B4-2 @geweigerd
    Scenario: De geldzaken van de broer gaan niemand aan
      Als de reclassering de financiële gegevens van de broer geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel B4-2 en 9.3
      En leest de afzender: Bijlage 4 noemt deze gegevens niet voor deze categorie personen. Laat ze weg.

    @regel-B4-2 @toegestaan
    Scenario: Een huisverbod voor de broer, dat over de betrokkene gaat
      Als de burgemeester de toezichtgegevens van de broer geeft aan de reclassering, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-B4-2 @geweigerd
    Scenario: Een huisverbod voor de broer dat niet over de betrokkene gaat
      Als de burgemeester de toezichtgegevens van de broer geeft aan de reclassering, voor het gezamenlijke beeld
      Maar het bericht zegt niet met wie de relatie is
      Dan wordt het bericht geweigerd op regel B4-2
      En leest de afzender: Voor deze persoon hoort erbij met wie de relatie is. Voeg dat veld toe of laat het item weg.

  Regel: Van een hulpverlener gaan alleen werkgegevens (B4-3)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering en de burgemeester nemen deel aan het overleg

    @regel-B4-3 @toegestaan
    Scenario: Wie de begeleider is en waar die werkt
      Als de reclassering de werkgegevens als hulpverlener van de begeleider geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-B4-3 @geweigerd
    Scenario: Waar de begeleider woont
      Als de reclassering de adresgegevens van de begeleider geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel B4-3 en 9.3
      En leest de afzender: Bijlage 4 noemt deze gegevens niet voor deze categorie personen. Laat ze weg.

  Regel: Van wie een interventie uitvoert gaan alleen werkgegevens (B4-4)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering en de burgemeester nemen deel aan het overleg

    @regel-B4-4 @toegestaan
    Scenario: Wie de trainer is en waar die werkt
      Als de reclassering de werkgegevens als uitvoerder van de trainer geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-B4-4 @geweigerd
    Scenario: Waar de trainer woont
      Als de reclassering de adresgegevens van de trainer geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel B4-4 en 9.3
      En leest de afzender: Bijlage 4 noemt deze gegevens niet voor deze categorie personen. Laat ze weg.

  Regel: Een burgerservicenummer gaat nooit mee, en ook geloof, afkomst en geaardheid niet (B4-x)

    Achtergrond:
      Gegeven een casus in aanmelding, aangemeld door de gemeente

    @regel-B4-x @toegestaan
    Scenario: Een aanmelding met naam en geboortedatum
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan mag het bericht worden verstuurd

    @regel-B4-x @geweigerd
    Scenario: Een aanmelding met een burgerservicenummer
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Maar bij de personalia staat ook een veld burgerservicenummer
      Dan wordt het bericht geweigerd op regel B4-x
      En leest de afzender: Dit gegeven staat in geen categorie van Bijlage 4 en mag nooit mee. Verwijder het.

    @regel-B4-x @geweigerd
    Scenario: Een aanmelding met een geloof
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Maar bij de personalia staat ook een veld religie
      Dan wordt het bericht geweigerd op regel B4-x
      En leest de afzender: Dit gegeven staat in geen categorie van Bijlage 4 en mag nooit mee. Verwijder het.

  Regel: Een partij geeft alleen gegevens die bij haar horen (4.2)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de gevangenis, de reclassering en de burgemeester nemen deel aan het overleg

    @regel-4.2 @toegestaan
    Scenario: De reclassering weet van iemands geldzaken
      Als de reclassering de financiële gegevens van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-4.2 @geweigerd
    Scenario: De gevangenis geeft geen geldzaken door
      Als de gevangenis de financiële gegevens van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 4.2
      En leest de afzender: Deze partij verstrekt deze categorie niet. Laat haar weg; wie haar mag verstrekken kan gevraagd worden.

    @regel-4.2 @toegestaan
    Scenario: De Raad voor de Kinderbescherming weet van strafbare feiten
      Gegeven de Raad voor de Kinderbescherming neemt deel aan het overleg
      En de buurgemeente en de zorgaanbieder nemen deel aan het overleg
      Als de Raad voor de Kinderbescherming de gegevens over strafbare feiten van de betrokkene geeft aan de buurgemeente, voor het plan van aanpak
      Dan mag het bericht worden verstuurd

    @regel-4.2 @geweigerd
    Scenario: De zorgaanbieder geeft niets over strafbare feiten
      Gegeven de Raad voor de Kinderbescherming neemt deel aan het overleg
      En de buurgemeente en de zorgaanbieder nemen deel aan het overleg
      Als de zorgaanbieder de gegevens over strafbare feiten van de betrokkene geeft aan de buurgemeente, voor het plan van aanpak
      Dan wordt het bericht geweigerd op regel 4.2
      En leest de afzender: Deze partij verstrekt deze categorie niet. Laat haar weg; wie haar mag verstrekken kan gevraagd worden.

  Regel: De melder geeft alleen wat nodig is om de criteria te toetsen (9.2)

    Achtergrond:
      Gegeven een casus in aanmelding, aangemeld door de gemeente

    @regel-9.2 @toegestaan
    Scenario: De gemeente noemt bij de aanmelding hoe de betrokkene woont
      Als de gemeente bij de aanmelding ook de woonsituatie van de betrokkene noemt
      Dan mag het bericht worden verstuurd

    @regel-9.2 @geweigerd
    Scenario: Het telefoonnummer van de betrokkene is in de aanmelding niet nodig
      Als de gemeente bij de aanmelding ook de contactgegevens van de betrokkene noemt
      Dan wordt het bericht geweigerd op regel 9.2
      En leest de afzender: Deze gegevens gaan niet in deze fase met deze soort bericht. Laat ze weg.

    @regel-9.2 @toegestaan
    Scenario: De aanmelding zegt waarom de casus bij het huis hoort
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan mag het bericht worden verstuurd

    @regel-9.2 @geweigerd
    Scenario: De aanmelding zegt niet aan welke criteria is voldaan
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Maar het bericht zegt niet aan welke criteria is voldaan
      Dan wordt het bericht geweigerd op regel 9.2
      En leest de afzender: Een aanmelding noemt aanleiding, gewenst resultaat, criteria en onderbouwing. Vul aan wat ontbreekt.

  Regel: In het casusoverleg gaat alleen wat het plan nodig heeft (9.3)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering en de burgemeester nemen deel aan het overleg

    @regel-9.3 @toegestaan
    Scenario: Hoe de betrokkene te bereiken is
      Als de reclassering de contactgegevens van de betrokkene geeft aan de burgemeester, voor het plan van aanpak
      Dan mag het bericht worden verstuurd

    @regel-9.3 @geweigerd
    Scenario: Meer dan hoe de betrokkene te bereiken is, heeft het plan niet nodig
      Als de reclassering de contactgegevens van de betrokkene geeft aan de burgemeester, voor het plan van aanpak
      Maar het bericht geeft ze tot in detail
      Dan wordt het bericht geweigerd op regel 9.3
      En leest de afzender: Dit is meer detail dan de fase toestaat. Geef een lager niveau.

  Regel: Bij afschaling gaat alleen wat nodig is om het resultaat te beoordelen (9.4)

    Achtergrond:
      Gegeven een casus in afschaling, aangemeld door de gemeente
      En de reclassering en Veilig Thuis nemen deel aan het overleg
      En de casusregie ligt bij Veilig Thuis

    @regel-9.4 @toegestaan
    Scenario: Hoe de betrokkene nu woont
      Als de reclassering de woonsituatie van de betrokkene geeft aan Veilig Thuis, om het resultaat te beoordelen
      Dan mag het bericht worden verstuurd

    @regel-9.4 @geweigerd
    Scenario: Strafbare feiten horen niet bij de afschaling
      Als de reclassering de gegevens over strafbare feiten van de betrokkene geeft aan Veilig Thuis, om het resultaat te beoordelen
      Dan wordt het bericht geweigerd op regel 9.4
      En leest de afzender: Deze gegevens gaan niet in deze fase met deze soort bericht. Laat ze weg.
